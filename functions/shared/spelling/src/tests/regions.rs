use std::collections::BTreeMap;

use crate::gazetteer::{self, NAMES, likely};
use crate::region::{UnreadRegion, name, region};

fn code(said: &str) -> String {
    match region(said) {
        Ok(region) => region.to_string(),
        Err(UnreadRegion::Unknown) => "?".to_owned(),
        Err(UnreadRegion::OtherCloud) => "other cloud".to_owned(),
        Err(UnreadRegion::OneOf(regions)) => {
            let regions: Vec<_> = regions.iter().map(|region| region.as_str()).collect();
            format!("? {}", regions.join(" "))
        }
    }
}

fn assert_all(expected: &str, spellings: &[&str]) {
    let read: Vec<_> = spellings.iter().map(|said| (*said, code(said))).collect();
    let wrong: Vec<_> = read.iter().filter(|(_, read)| read != expected).collect();
    assert!(wrong.is_empty(), "not {expected}: {wrong:#?}");
}

#[test]
fn one_region_is_read_in_all_of_its_spellings() {
    assert_all(
        "us-east-1",
        &[
            "us-east-1",
            "US_EAST_1",
            " Us-East-1. ",
            "us east 1",
            "AWS us east 1",
            "AWS/us-east-1",
            "us_east_1",
            "aws_us_east_1",
            "atlas_region__us_east_1",
            "aws___n._virginia__us-east-1_",
            "useast1",
            "US-East 1",
            "us\u{2011}east\u{2011}1",
            "us-east-1a",
            "us-east-1 / us-east-1",
            "AWS / N. Virginia (us-east-1)",
            "AWS - N. Virginia (US_EAST_1)",
            "US East (N. Virginia)",
            "US East (N. Virginia) us-east-1",
            "US East (Northern Virginia)",
            "AWS US East (N. Virginia)",
            "Amazon Web Services us-east-1",
            "us-east-1 (US East, N. Virginia)",
            "N. Virginia",
            "n virginia",
            "nvirginia",
            "Virginia",
            "N. Virginia, USA",
            "Northern Virginia, United States",
            "region: us-east-1",
            "[us-east-1]",
            "\"us-east-1\"",
            "`us-east-1`, please",
            "us-east-1 (same as our platform), M30",
            "AWS - East US (North Virginia)",
            "AWS us-east1",
            "East US (us-east-1)",
        ],
    );
    assert_all(
        "eu-central-1",
        &[
            "Frankfurt",
            "eu-central-1 (Frankfurt)",
            "Frankfurt (eu-central-1)",
            "aws_eu_central_1",
            "EU (Frankfurt)",
            "Europe (Frankfurt)",
            "Frankfurt, Germany",
            "eu-central1",
            "AWS - Central EU (Frankfurt)",
            "It is in Frankfurt, thanks",
            "Cloud provider: AWS / Region: Frankfurt am Main",
        ],
    );
    assert_all("eu-west-1", &["EU (Ireland)", "Ireland", "Europe (Ireland)", "Dublin, Ireland", "EU_WEST_1"]);
    assert_all("sa-east-1", &["São Paulo", "Sao Paulo", "South America (São Paulo)", "SAO PAULO", "Brazil"]);
    assert_all("eu-central-2", &["Zürich", "Zurich", "Europe (Zürich)"]);
    assert_all("ap-southeast-1", &["ap-south-east-1", "Singapore", "AP Southeast 1", "Asia Pacific (Singapore)"]);
    assert_all("ap-northeast-1", &["Tokyo", "Tokyo, Japan", "ap_northeast_1", "APAC (Tokyo)"]);
    assert_all("ca-central-1", &["Montreal", "Montréal", "Canada (Central)", "Canada Central 1", "ca-central-1"]);
    assert_all("us-west-1", &["N. California", "California", "US West (N. California)"]);
    assert_all("us-east-2", &["Ohio", "US East (Ohio)", "Ohio 2"]);
    assert_all("us-gov-east-1", &["US_GOV_EAST_1", "AWS GovCloud (US-East)", "GovCloud East"]);
    assert_all("cn-northwest-1", &["China (Ningxia)", "CN_NORTHWEST_1"]);
}

#[test]
fn what_may_be_two_regions_is_none() {
    assert_all(
        "? us-east-1 us-east-2",
        &[
            "US East",
            "us-east",
            "us-east-1 or us-east-2",
            "us-east-1, us-east-2",
            "us-east-1 (Ohio)",
            "us-east-9",
            "us-east-11",
            "US_EAST",
        ],
    );
    assert_all("? eu-central-1 eu-west-1", &["eu-central-1 (Ireland)", "Frankfurt / Ireland"]);
    assert_all("? us-west-2", &["US East (Oregon)"]);
    assert_all("? eu-central-1 eusc-de-east-1", &["Germany"]);
    assert_all("? ap-south-1 ap-south-2", &["India"]);
    assert_all("? ap-northeast-1 ap-northeast-3", &["Japan"]);
    assert_all("? ca-central-1 ca-west-1", &["Canada"]);
    assert_all("? sa-east-1", &["sa"]);
    assert_all("? us-east-1", &["us-east-1 and eu-norht-1", "us-east-1, eu-norht-1"]);
    assert_all("? us-gov-east-1 us-gov-west-1", &["GovCloud"]);
}

#[test]
fn what_is_no_name_of_a_region_is_asked_for_again() {
    assert_all(
        "?",
        &[
            "",
            " ",
            "-",
            "somewhere",
            "us",
            "Europe",
            "eu",
            "us-esat-1",
            "us-east-1/2",
            "us-east-1 & 2",
            "not us-east-1",
            "us-east-1 or the nearest",
            "we moved from us-east-1",
            "eu-west-1 / eu-norht-1",
            "West Virginia",
            "Paris, Texas",
            "Melbourne, Florida",
            "Virginia Beach",
            "default",
            "use1-az1",
            "vpc-0b1c2d3e",
            "Atlas region",
        ],
    );
    assert_eq!(code(&format!("us-east-1 {}", "x".repeat(200))), "?");
}

#[test]
fn another_clouds_region_is_none_of_awss() {
    assert_all(
        "other cloud",
        &[
            "Azure / Virginia (eastus2)",
            "Azure eastus",
            "azure_us_east_2",
            "eastus2",
            "East US 2",
            "East US",
            "westeurope",
            "West Europe",
            "northeurope",
            "germanywestcentral",
            "uksouth",
            "centralindia",
            "southeastasia",
            "GCP / Iowa (us-central1)",
            "gcp_us_east1",
            "Google Cloud us-east1",
            "us-east1",
            "europe-west3",
            "europe-west3 (Frankfurt)",
            "me-central1",
            "northamerica-northeast1",
            "EASTERN_US",
            "CENTRAL_US",
            "WESTERN_EUROPE",
            "Microsoft Azure, Frankfurt",
        ],
    );
}

#[test]
fn every_region_of_aws_is_read_in_every_way_in_which_aws_and_atlas_write_it() {
    for (known, described) in gazetteer::regions() {
        let atlas = known.to_uppercase().replace('-', "_");
        assert_all(
            known,
            &[
                known,
                &atlas,
                &format!("AWS / {described} ({known})"),
                &format!("{described} {known}"),
                &format!("{known} ({described})"),
                &format!("aws_{}", known.replace('-', "_")),
                &format!("AWS {}", known.replace('-', " ")),
                described,
            ],
        );
        assert_eq!(name(&known.parse().unwrap()), Some(described));
    }
    assert!(gazetteer::regions().count() > 40);
}

#[test]
fn no_two_codes_are_alike() {
    let mut codes = BTreeMap::new();
    for name in NAMES.iter().filter(|name| name.is_code) {
        assert!(name.decides && likely(&name.codes).len() == 1, "{name:?}");
        assert!(codes.insert(name.words.concat(), &name.codes).is_none_or(|other| *other == name.codes), "{name:?}");
    }
}
