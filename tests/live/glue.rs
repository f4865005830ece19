//! FAULTS D20, D31: the addresses beside a referral of the registry, as far as they are of name servers within the domain.

use std::net::IpAddr;
use std::net::Ipv4Addr;

use nobounce::records::sighting::Data;
use nobounce::records::sighting::Question;
use nobounce::records::sighting::RecordType;

use crate::scripted::Scripted;
use crate::scripted::a;
use crate::scripted::client;
use crate::scripted::name;
use crate::scripted::ns;
use crate::scripted::say;

#[tokio::test]
async fn d20_d21_d31_addresses_beside_a_referral_are_read_where_they_belong() {
    let registry = Scripted::start(|heard| {
        let mut message = heard.empty();
        message.metadata.authoritative = false;
        message.add_authority(ns("shop.test.", "ns1.shop.test."));
        message.add_authority(ns("shop.test.", "ns.host.test."));
        message.add_additional(a("ns1.shop.test.", [192, 0, 2, 53]));
        // Of somebody else's server, and of one that nobody lists.
        message.add_additional(a("ns.host.test.", [192, 0, 2, 54]));
        message.add_additional(a("other.shop.test.", [192, 0, 2, 55]));
        say(message)
    })
    .await;
    let question = Question::new(name("shop.test"), RecordType::Ns);
    let sighting = client(&[]).ask(&registry.authoritative(), &question).await;
    let glue = Data::Glue {
        host: name("ns1.shop.test"),
        address: IpAddr::V4(Ipv4Addr::new(192, 0, 2, 53)),
    };
    assert_eq!(
        sighting.answer.data(),
        [
            Data::Ns(name("ns1.shop.test")),
            Data::Ns(name("ns.host.test")),
            glue
        ]
    );
}
