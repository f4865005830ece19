//! Name servers that answer about records, and not about the zone itself: what can be judged is judged.

use hickory_resolver::proto::op::ResponseCode;

use crate::lab::Lab;
use crate::lab::Who;
use crate::lab::judged;
use crate::lab::line;
use crate::lab::said;
use crate::lab::wanted;
use crate::scripted::Heard;
use crate::scripted::Say;
use crate::scripted::say;

/// What servers say about the SOA record: nothing, or one of these codes.
const SAYS: [Option<ResponseCode>; 4] = [
    None,
    Some(ResponseCode::ServFail),
    Some(ResponseCode::Refused),
    Some(ResponseCode::NotImp),
];

fn without_soa(code: Option<ResponseCode>, heard: &Heard) -> Option<Vec<Say>> {
    (heard.owner() == "shop.test." && heard.kind() == "SOA")
        .then(|| code.map_or_else(Vec::new, |code| say(heard.code(code))))
}

#[tokio::test]
async fn records_are_judged_where_no_server_answers_about_the_zone() {
    for code in SAYS {
        let lab = Lab::start(move |who, heard| {
            let fault = without_soa(code, heard);
            fault.filter(|_| who.is_ns() || who.is_resolver())
        })
        .await;
        let report = lab.check().await;
        assert_eq!(
            line(&report),
            "warning | published published published | ns-silent",
            "{code:?}"
        );
        assert!(report.nameservers.iter().all(|server| server.answers));
        assert!(report.nameservers.iter().all(|one| one.serial.is_none()));
        let said = said(&report, "ns-silent");
        assert!(said.contains("answers about your records"), "{said}");
        let judgement = lab.watch(&wanted()).await;
        assert_eq!(judged(&judgement), "published | 2/2/2 1/1/1 |", "{code:?}");
    }
}

/// The "no" of such servers counts as that of any other.
#[tokio::test]
async fn a_record_that_is_missing_there_is_missing() {
    let lab = Lab::start(|who, heard| {
        if heard.owner() == "_dmarc.shop.test." {
            let mut no = heard.no(ResponseCode::NXDomain, "shop.test.", 60);
            if who.is_resolver() {
                no.metadata.authoritative = false;
                no.metadata.recursion_available = true;
            }
            return Some(say(no));
        }
        without_soa(None, heard).filter(|_| who.is_ns())
    })
    .await;
    let report = lab.check().await;
    assert_eq!(report.dmarc.state, "missing", "{}", line(&report));
    assert_eq!(report.verdict, "error");
}

/// Where the same servers are silent about the records too, nothing is judged.
#[tokio::test]
async fn silence_about_everything_stays_unknown() {
    let lab = Lab::start(|who, heard| {
        let of_zone = heard.owner().ends_with("shop.test.");
        (who.is_ns() && of_zone).then(Vec::new)
    })
    .await;
    let report = lab.check().await;
    assert_eq!(report.verdict, "unknown", "{}", line(&report));
    assert!(report.nameservers.iter().all(|server| !server.answers));
}

/// One server of two: the other tells the version.
#[tokio::test]
async fn one_that_does_not_answer_about_the_zone_is_a_warning() {
    let lab = Lab::start(|who, heard| {
        without_soa(Some(ResponseCode::Refused), heard).filter(|_| who == Who::Ns2)
    })
    .await;
    let report = lab.check().await;
    assert_eq!(
        line(&report),
        "warning | published published published | ns-silent"
    );
    let judgement = lab.watch(&wanted()).await;
    assert_eq!(judged(&judgement), "published | 2/2/2 1/1/1 |");
}
