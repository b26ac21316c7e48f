//! Regions of Azure and Google Cloud, some of which are almost spelled like one of AWS's.

/// How the other clouds, and Atlas for them, call the parts of a continent.
const DIRECTIONS: [&str; 17] = [
    "northeastern",
    "northwestern",
    "southeastern",
    "southwestern",
    "northeast",
    "northwest",
    "southeast",
    "southwest",
    "northern",
    "southern",
    "eastern",
    "western",
    "central",
    "north",
    "south",
    "east",
    "west",
];

/// What stands before a direction and its number in a region of Google Cloud, `us-east1`.
const BEFORE_GOOGLES: [&str; 8] = ["africa", "asia", "australia", "europe", "me", "northamerica", "southamerica", "us"];

/// What stands after a direction in a region of Azure, `eastus2`.
const AFTER_AZURES: [&str; 4] = ["asia", "europe", "india", "us"];

/// What stands before a direction in a region of Azure, `uksouth`.
const BEFORE_AZURES: [&str; 26] = [
    "australia",
    "austria",
    "belgium",
    "brazil",
    "canada",
    "chile",
    "denmark",
    "france",
    "germany",
    "indonesia",
    "israel",
    "italy",
    "japan",
    "korea",
    "malaysia",
    "mexico",
    "newzealand",
    "norway",
    "poland",
    "qatar",
    "southafrica",
    "spain",
    "sweden",
    "switzerland",
    "uae",
    "uk",
];

/// Whether another cloud is named.
pub(crate) fn is_named(pieces: &[String]) -> bool {
    pieces.iter().any(|piece| ["azure", "microsoft", "gcp", "google", "googlecloud"].contains(&piece.as_str()))
}

/// Whether there is a region that is spelled as another cloud spells its own.
pub(crate) fn is_spelled(pieces: &[String]) -> bool {
    let is_googles = |pair: &[String]| {
        let [area, part] = pair else { return false };
        let direction = without_number(part);
        BEFORE_GOOGLES.contains(&area.as_str()) && direction != part && without_directions(direction).is_empty()
    };
    pieces.iter().any(|piece| is_azures(piece)) || pieces.windows(2).any(is_googles)
}

/// `eastus2`, `westeurope`, `germanywestcentral`.
fn is_azures(piece: &str) -> bool {
    let piece = without_number(piece);
    let area = without_directions(piece);
    let is_after = area != piece && AFTER_AZURES.contains(&area);
    let directions = BEFORE_AZURES.iter().find_map(|area| piece.strip_prefix(area));
    is_after || directions.is_some_and(|directions| !directions.is_empty() && without_directions(directions).is_empty())
}

/// Whether there is a name of Azure's, `East US 2`, or one of Google's as Atlas has it, `EASTERN_US`. Beside a code of AWS it
/// says little: some write so of AWS too.
pub(crate) fn is_described(pieces: &[String]) -> bool {
    pieces.windows(2).any(|pair| {
        let [direction, area] = pair else { return false };
        AFTER_AZURES.contains(&area.as_str()) && without_directions(direction).is_empty()
    })
}

fn without_number(piece: &str) -> &str {
    piece.trim_end_matches(|ch: char| ch.is_ascii_digit())
}

/// What is left after the directions that a piece begins with.
fn without_directions(mut piece: &str) -> &str {
    while let Some(rest) = DIRECTIONS.iter().find_map(|direction| piece.strip_prefix(direction)) {
        piece = rest;
    }
    piece
}
