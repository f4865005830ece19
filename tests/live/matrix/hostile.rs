//! D30 to D39: forged, broken, huge and hostile answers, and records of others.

use hickory_resolver::proto::op::Query;
use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::Name;
use hickory_resolver::proto::rr::RData;
use hickory_resolver::proto::rr::RecordType as WireType;
use hickory_resolver::proto::rr::rdata::NULL;
use nobounce::records::record::Content;
use nobounce::records::record::Record;
use nobounce::records::record::Ttl;
use nobounce::records::verdict::Verdict;

use crate::lab::DMARC;
use crate::lab::Lab;
use crate::lab::SPF;
use crate::lab::WELL;
use crate::lab::Who;
use crate::lab::judged;
use crate::lab::line;
use crate::lab::said;
use crate::lab::wanted;
use crate::scripted::Heard;
use crate::scripted::Say;
use crate::scripted::Via;
use crate::scripted::a;
use crate::scripted::name;
use crate::scripted::ns;
use crate::scripted::record;
use crate::scripted::say;
use crate::scripted::strings;
use crate::scripted::truncated;
use crate::scripted::txt;

const POLICY: &str = "_dmarc.shop.test.";

/// Everybody but the registry says this about a text record.
async fn texts(
    owner: &'static str,
    answer: impl Fn(&Heard) -> Vec<Say> + Send + Sync + 'static,
) -> Lab {
    Lab::start(move |who, heard| {
        let is_it = who != Who::Registry && heard.owner() == owner && heard.kind() == "TXT";
        is_it.then(|| answer(heard))
    })
    .await
}

#[tokio::test]
async fn d30_forged_answers_are_passed_over() {
    let lab = texts(POLICY, |heard| {
        let forged = || heard.answer([txt(POLICY, "v=DMARC1; p=none")]);
        let mut id = forged();
        id.metadata.id = heard.message.metadata.id.wrapping_add(1);
        let mut question = forged();
        question.queries[0].set_name(Name::from_ascii("_dmarc.shap.test.").unwrap());
        let mut two = forged();
        two.add_query(Query::query(
            Name::from_ascii(POLICY).unwrap(),
            WireType::TXT,
        ));
        let right = heard.answer([txt(POLICY, DMARC)]);
        [id, question, two, right]
            .into_iter()
            .flat_map(say)
            .collect()
    })
    .await;
    assert_eq!(line(&lab.check().await), WELL);
    assert_eq!(
        judged(&lab.watch(&wanted()).await),
        "published | 2/2/2 1/1/1 |"
    );
}

#[tokio::test]
async fn d31_records_that_nobody_asked_for_are_left_aside() {
    let lab = texts(POLICY, |heard| {
        let mut message = heard.answer([txt("shop.test.", "v=spf1 +all"), txt(POLICY, DMARC)]);
        message.add_additional(txt(POLICY, "v=DMARC1; p=none"));
        message.add_additional(a("ns1.host.test.", [192, 0, 2, 66]));
        message.add_authority(ns("test.", "ns.evil.test."));
        say(message)
    })
    .await;
    let report = lab.check().await;
    assert_eq!(line(&report), WELL);
    assert_eq!(report.spf.record.as_deref(), Some(SPF));
}

#[tokio::test]
async fn d32_messages_that_break_the_format_prove_nothing() {
    // No question; too many answers; data past the end; a pointer to itself; a label of 64 bytes.
    let broken: [fn(&mut Vec<u8>); 5] = [
        |bytes| bytes[5] = 0,
        |bytes| bytes[7] = 9,
        |bytes| bytes.truncate(bytes.len() - 2),
        |bytes| {
            bytes[12] = 0xc0;
            bytes[13] = 12;
        },
        |bytes| bytes[12] = 64,
    ];
    for damage in broken {
        let lab = texts(POLICY, move |heard| {
            let mut bytes = heard.answer([txt(POLICY, DMARC)]).to_vec().unwrap();
            damage(&mut bytes);
            vec![Say::Now(bytes)]
        })
        .await;
        let judgement = lab.watch(&wanted()).await;
        assert_eq!(judged(&judgement), "unknown | 0/0/2 0/0/0 | ns-silent");
        let report = lab.check().await;
        assert_eq!(
            line(&report),
            "unknown | published published unknown | dns-trouble"
        );
    }
}

#[tokio::test]
async fn d33_strings_are_joined_wherever_they_are_cut() {
    let bytes = DMARC.as_bytes();
    let cuts: [Vec<&[u8]>; 4] = [
        vec![&bytes[..5], &bytes[5..11], &bytes[11..]],
        vec![&bytes[..10], b"", &bytes[10..]],
        bytes.chunks(1).collect(),
        vec![bytes],
    ];
    for cut in cuts {
        let cut: Vec<Vec<u8>> = cut.into_iter().map(<[u8]>::to_vec).collect();
        let lab = texts(POLICY, move |heard| {
            let parts: Vec<&[u8]> = cut.iter().map(Vec::as_slice).collect();
            say(heard.answer([strings(POLICY, &parts), strings(POLICY, &[b""])]))
        })
        .await;
        let report = lab.check().await;
        assert_eq!(
            line(&report),
            "warning | published published published | dmarc-other-text"
        );
        assert_eq!(report.dmarc.record.as_deref(), Some(DMARC));
        assert_eq!(
            judged(&lab.watch(&wanted()).await),
            "published | 2/2/2 1/1/1 |"
        );
    }
}

#[tokio::test]
async fn d34_a_text_of_64_kilobytes_is_read_over_tcp() {
    let lab = texts("shop.test.", |heard| match heard.via {
        Via::Udp => truncated(heard.empty()),
        Via::Tcp => say(heard.answer([
            txt("shop.test.", SPF),
            txt("shop.test.", &"x".repeat(64_000)),
        ])),
    })
    .await;
    let report = lab.check().await;
    assert_eq!(
        line(&report),
        "ok | published published published | dns-answer-large"
    );
    assert_eq!(report.spf.record.as_deref(), Some(SPF));
}

#[tokio::test]
async fn d35_a_thousand_texts_hide_no_spf_record() {
    for count in [100, 999] {
        let lab = texts("shop.test.", move |heard| match heard.via {
            Via::Udp => truncated(heard.empty()),
            Via::Tcp => {
                let other =
                    (0..count).map(|n| txt("shop.test.", &format!("site-verification={n}")));
                say(heard.answer(other.chain([txt("shop.test.", SPF)])))
            }
        })
        .await;
        let report = lab.check().await;
        assert_eq!(
            line(&report),
            "ok | published published published | dns-answer-large"
        );
        assert!(said(&report, "dns-answer-large").starts_with(&format!("The {} text", count + 1)));
    }
}

#[tokio::test]
async fn d36_hostile_bytes_are_shown_escaped() {
    let lab = texts(POLICY, |heard| {
        let hostile = b"v=DMARC1; p=\x1b]52;c;AAAA\x07\xe2\x80\xae\0\xff";
        say(heard.answer([strings(POLICY, &[hostile])]))
    })
    .await;
    let report = lab.check().await;
    assert_eq!(report.verdict, "error");
    let judgement = lab.watch(&wanted()).await;
    for text in [format!("{report:?}"), format!("{judgement:?}")] {
        assert!(
            text.contains("\\\\027]52") || text.contains("\\027]52"),
            "{text}"
        );
        assert!(!text.chars().any(|c| c.is_control() || c == '\u{202e}'));
    }
}

#[tokio::test]
async fn d37_two_records_of_a_kind_are_a_conflict_and_the_type_spf_is_told() {
    let dmarc = texts(POLICY, |heard| {
        say(heard.answer([txt(POLICY, DMARC), txt(POLICY, "v=DMARC1; p=none")]))
    })
    .await;
    let report = dmarc.check().await;
    assert_eq!(
        line(&report),
        "error | published published conflict | dmarc-two-records"
    );
    let judgement = dmarc.watch(&wanted()).await;
    let Verdict::Conflict { with } = &judgement.verdict else {
        panic!("{judgement:?}");
    };
    assert_eq!(with.len(), 2, "both are listed");
    let spf = texts("shop.test.", |heard| {
        say(heard.answer([txt("shop.test.", SPF), txt("shop.test.", "v=spf1 -all")]))
    })
    .await;
    let report = spf.check().await;
    assert_eq!(
        line(&report),
        "error | conflict published published | spf-two-records"
    );
    assert_eq!(report.spf.records.len(), 2);
    // The type SPF counts nowhere: beside a TXT it does no harm, and instead of one it is the mistake.
    let old = Lab::start(|who, heard| {
        if who == Who::Registry || heard.owner() != "shop.test." {
            return None;
        }
        match heard.message.queries[0].query_type() {
            WireType::Unknown(99) => {
                let mut rdata = vec![SPF.len() as u8];
                rdata.extend_from_slice(SPF.as_bytes());
                let data = RData::Unknown {
                    code: WireType::from(99),
                    rdata: NULL::with(rdata),
                };
                Some(say(heard.answer([record("shop.test.", data)])))
            }
            WireType::TXT => Some(say(heard.answer([txt("shop.test.", "hello")]))),
            _ => None,
        }
    })
    .await;
    let record = Record {
        owner: name("shop.test"),
        content: Content::Spf(SPF.parse().unwrap()),
        ttl: Ttl(300),
    };
    let judgement = old.watch(&record).await;
    assert_eq!(
        judged(&judgement),
        "differs | 0/2/2 0/0/0 | panel-wrong-type"
    );
}

#[tokio::test]
async fn d38_the_policy_at_another_name_is_found() {
    for (place, code) in [
        ("shop.test.", "panel-at-apex"),
        ("dmarc.shop.test.", "panel-underscore-missing"),
        ("_dmarc.shop.test.shop.test.", "panel-name-doubled"),
    ] {
        let lab = Lab::start(move |who, heard| {
            let (owner, is_text) = (heard.owner(), heard.kind() == "TXT");
            if who == Who::Registry || !is_text {
                return None;
            }
            if owner == place {
                let spf = (place == "shop.test.").then(|| txt(place, SPF));
                return Some(say(heard.answer([txt(place, DMARC)].into_iter().chain(spf))));
            }
            let no = || say(heard.no(ResponseCode::NXDomain, "shop.test.", 60));
            (owner == POLICY).then(no)
        })
        .await;
        let judgement = lab.watch(&wanted()).await;
        assert_eq!(
            judged(&judgement),
            format!("misplaced | 0/2/2 0/0/0 | {code}")
        );
        let report = lab.check().await;
        assert_eq!(report.dmarc.state, "misplaced", "{}", line(&report));
    }
}

#[tokio::test]
async fn d39_the_policy_of_somebody_else_differs() {
    let lab = texts(POLICY, |heard| {
        heard.txt("v=DMARC1; p=quarantine; rua=mailto:abc@dmarc.vendor.test")
    })
    .await;
    let judgement = lab.watch(&wanted()).await;
    assert_eq!(judgement.verdict.word(), "differs", "{judgement:?}");
    let report = lab.check().await;
    assert_eq!(report.dmarc.state, "published");
    assert_eq!(report.dmarc.rua[0].authorized, "no");
}
