//! The third layer, and the one place that connects: to addresses that were checked, and to no others.
//!
//! [`CheckedAddress`] can only be made by [`CheckedAddress::check`], and [`dial`] is the only function of this step that
//! opens a connection. The name is not resolved again, so that an answer of the DNS that changes in between changes
//! nothing.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use futures_util::future::select_ok;
use ipnet::IpNet;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::report::{Stop, by_name};
use source::Host;

/// How long a connection may take.
const LIMIT: Duration = Duration::from_secs(4);

/// An address inside of the subnets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CheckedAddress(IpAddr);

/// Where an address lies that nothing is sent to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Elsewhere {
    /// On the internet.
    Public,
    /// In a private network that is not ours.
    Private,
    /// Nowhere that a deployment could be: this machine, the link with its metadata service, a group, nothing.
    Special,
}

impl CheckedAddress {
    /// Lets an address pass that lies in one of the subnets, and is none of those that no subnet should have.
    pub(crate) fn check(address: IpAddr, subnets: &[IpNet]) -> Result<Self, Elsewhere> {
        let address = address.to_canonical();
        let (never, special, private) = match address {
            IpAddr::V4(address) => (
                address.is_link_local() || address.is_unspecified() || address.is_multicast() || address.is_broadcast(),
                address.is_loopback(),
                address.is_private() || is_shared_space(address.octets()),
            ),
            IpAddr::V6(address) => (
                address.is_unicast_link_local() || address.is_unspecified() || address.is_multicast(),
                address.is_loopback(),
                address.is_unique_local(),
            ),
        };
        let inside = subnets.iter().any(|subnet| subnet.contains(&address));
        match (never, inside) {
            (false, true) => Ok(Self(address)),
            _ if never || special => Err(Elsewhere::Special),
            _ if private => Err(Elsewhere::Private),
            _ => Err(Elsewhere::Public),
        }
    }
}

/// 100.64.0.0/10, which carriers and clouds use as private.
fn is_shared_space([first, second, ..]: [u8; 4]) -> bool {
    first == 100 && (64..128).contains(&second)
}

/// A host with a connection.
#[derive(Debug)]
pub(crate) struct Dialled {
    pub(crate) host: Host,
    pub(crate) stream: TcpStream,
    peer: SocketAddr,
}

/// Connects to a host at whichever of its checked addresses answers first.
pub(crate) async fn dial(host: Host, addresses: Vec<CheckedAddress>) -> Result<Dialled, Stop> {
    let targets: Vec<SocketAddr> =
        addresses.into_iter().map(|CheckedAddress(address)| SocketAddr::new(address, host.port)).collect();
    let tries = targets
        .into_iter()
        .map(|peer| Box::pin(async move { TcpStream::connect(peer).await.map(|stream| (stream, peer)) }));
    match timeout(LIMIT, select_ok(tries)).await {
        Ok(Ok(((stream, peer), _))) => Ok(Dialled { host, stream, peer }),
        Ok(Err(error)) => Err(Stop::not_yet(
            format!("{host}: {error}"),
            format!("{host} does not take connections through the endpoint."),
            "Nothing yet: it is tried again. If it stays so, check in Atlas that the cluster is running, and that the port is that of the private connection string.",
        )),
        Err(_) => Err(Stop::slow(&host.to_string(), LIMIT)),
    }
}

pub(crate) fn evidence(dialled: &[Dialled]) -> String {
    by_name(dialled.iter().map(|dialled| (&dialled.host, format!(" at {}", dialled.peer.ip()))))
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, Ipv6Addr};

    use proptest::prelude::*;

    use super::*;

    fn subnets(ranges: &[&str]) -> Vec<IpNet> {
        ranges.iter().map(|range| range.parse().unwrap()).collect()
    }

    #[test]
    fn an_address_outside_of_the_subnets_is_named_as_what_it_is() {
        let subnets = subnets(&["10.201.0.0/20", "10.201.16.0/20"]);
        for (address, expected) in [
            ("10.201.0.7", None),
            ("10.201.31.255", None),
            ("::ffff:10.201.0.7", None),
            ("10.201.32.0", Some(Elsewhere::Private)),
            ("192.168.0.1", Some(Elsewhere::Private)),
            ("100.64.0.1", Some(Elsewhere::Private)),
            ("fd00:ec2::254", Some(Elsewhere::Private)),
            ("3.220.1.2", Some(Elsewhere::Public)),
            ("2600:1f18::1", Some(Elsewhere::Public)),
            ("127.0.0.1", Some(Elsewhere::Special)),
            ("::1", Some(Elsewhere::Special)),
            ("::ffff:127.0.0.1", Some(Elsewhere::Special)),
            ("169.254.169.254", Some(Elsewhere::Special)),
            ("169.254.170.2", Some(Elsewhere::Special)),
            ("fe80::1", Some(Elsewhere::Special)),
            ("0.0.0.0", Some(Elsewhere::Special)),
            ("224.0.0.1", Some(Elsewhere::Special)),
            ("255.255.255.255", Some(Elsewhere::Special)),
        ] {
            let checked = CheckedAddress::check(address.parse().unwrap(), &subnets);
            assert_eq!(checked.err(), expected, "{address}");
        }
    }

    #[test]
    fn no_range_of_subnets_opens_the_link_or_a_group() {
        let everything = subnets(&["0.0.0.0/0", "::/0"]);
        for address in ["169.254.169.254", "::ffff:169.254.169.254", "fe80::1", "0.0.0.0", "::", "224.0.0.1", "ff02::1"]
        {
            assert_eq!(
                CheckedAddress::check(address.parse().unwrap(), &everything),
                Err(Elsewhere::Special),
                "{address}"
            );
        }
    }

    proptest! {
        #[test]
        fn what_passes_lies_in_the_subnets(bits: u32, wide: u128, length in 8_u8..=28) {
            let subnet = subnets(&[&format!("10.201.0.0/{length}")]);
            for address in [IpAddr::V4(Ipv4Addr::from(bits)), IpAddr::V6(Ipv6Addr::from(wide))] {
                if let Ok(CheckedAddress(passed)) = CheckedAddress::check(address, &subnet) {
                    prop_assert!(subnet[0].contains(&passed));
                    prop_assert_eq!(passed, address.to_canonical());
                }
            }
        }
    }
}
