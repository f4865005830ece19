//! What an answer says: codes, "no", truncation, strings, hostile messages.

use hickory_resolver::proto::op::Edns;
use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::RData;
use hickory_resolver::proto::rr::RecordType as WireType;
use hickory_resolver::proto::rr::rdata::NULL;
use hickory_resolver::proto::rr::rdata::opt::EdnsOption;
use nobounce::records::sighting::Outcome;
use nobounce::records::sighting::Question;
use nobounce::records::sighting::RecordType;
use nobounce::records::sighting::Trouble;

use crate::scripted::Heard;
use crate::scripted::Say;
use crate::scripted::Scripted;
use crate::scripted::Via;
use crate::scripted::client;
use crate::scripted::name;
use crate::scripted::ns;
use crate::scripted::question;
use crate::scripted::say;
use crate::scripted::strings;
use crate::scripted::texts;
use crate::scripted::truncated;
use crate::scripted::txt;

const OWNER: &str = "_dmarc.shop.test";

/// Asks one authoritative server that follows `script` for the TXT of [`OWNER`].
async fn outcome(script: impl Fn(&Heard) -> Vec<Say> + Send + Sync + 'static) -> Outcome {
    let server = Scripted::start(script).await;
    let sighting = client(&[])
        .ask(&server.authoritative(), &question(OWNER))
        .await;
    assert_eq!(sighting.answer.chain, []);
    sighting.answer.outcome
}

async fn trouble(script: impl Fn(&Heard) -> Vec<Say> + Send + Sync + 'static) -> Trouble {
    match outcome(script).await {
        Outcome::Trouble(trouble) => trouble,
        other => panic!("not trouble: {other:?}"),
    }
}

#[tokio::test]
async fn d01_failure_with_its_text_escaped() {
    let said = trouble(|heard| {
        let mut message = heard.code(ResponseCode::ServFail);
        let mut edns = Edns::new();
        edns.options_mut()
            .insert(EdnsOption::Unknown(15, b"\x00\x06\x1b[2Jkey".to_vec()));
        message.set_edns(edns);
        say(message)
    })
    .await;
    let Trouble::ServerFailure { said: Some(said) } = said else {
        panic!("{said:?}");
    };
    assert_eq!(said.as_str(), "DNSSEC Bogus: \\027[2Jkey");
}

#[tokio::test]
async fn d03_refused_and_lame() {
    assert_eq!(
        trouble(|heard| say(heard.code(ResponseCode::Refused))).await,
        Trouble::Refused
    );
    let referral = trouble(|heard| {
        let mut message = heard.empty();
        message.metadata.authoritative = false;
        message.add_authority(ns("test.", "ns.registry.test."));
        say(message)
    });
    assert_eq!(referral.await, Trouble::NotAuthoritative);
}

#[tokio::test]
async fn d57_an_answer_without_aa_is_somebody_elses() {
    let proxied = trouble(|heard| {
        let mut message = heard.answer([txt(OWNER, "v=DMARC1; p=none")]);
        message.metadata.authoritative = false;
        message.metadata.recursion_available = true;
        say(message)
    });
    assert_eq!(proxied.await, Trouble::AsResolver);
    let proxied_no = trouble(|heard| {
        let mut message = heard.code(ResponseCode::NXDomain);
        message.metadata.authoritative = false;
        say(message)
    });
    assert_eq!(proxied_no.await, Trouble::NotAuthoritative);
}

#[tokio::test]
async fn d04_codes_without_a_meaning_for_us() {
    assert_eq!(
        trouble(|heard| say(heard.code(ResponseCode::NotAuth))).await,
        Trouble::Code(9)
    );
    assert_eq!(
        trouble(|heard| say(heard.code(ResponseCode::NotImp))).await,
        Trouble::Code(4)
    );
}

#[tokio::test]
async fn d04_d53_asks_again_without_edns() {
    for code in [ResponseCode::FormErr, ResponseCode::NotImp] {
        let old = outcome(move |heard| {
            if heard.has_edns() {
                say(heard.code(code))
            } else {
                heard.txt("old but well")
            }
        });
        assert_eq!(texts(&old.await), ["old but well"]);
    }
}

#[tokio::test]
async fn d53_an_error_that_repeats_no_question_counts() {
    let old = outcome(|heard| {
        if heard.has_edns() {
            let mut message = heard.code(ResponseCode::FormErr);
            message.queries.clear();
            say(message)
        } else {
            heard.txt("header only")
        }
    });
    assert_eq!(texts(&old.await), ["header only"]);
}

#[tokio::test]
async fn d53_a_server_that_drops_edns_is_heard_at_last() {
    let deaf = outcome(|heard| {
        if heard.has_edns() {
            Vec::new()
        } else {
            heard.txt("plain")
        }
    });
    assert_eq!(texts(&deaf.await), ["plain"]);
}

#[tokio::test]
async fn d07_truncated_then_tcp() {
    let whole = outcome(|heard| match heard.via {
        Via::Udp => truncated(heard.empty()),
        Via::Tcp => heard.txt("by tcp"),
    });
    assert_eq!(texts(&whole.await), ["by tcp"]);
}

#[tokio::test]
async fn d09_a_truncated_answer_that_looks_whole_is_not_used() {
    let whole = outcome(|heard| match heard.via {
        Via::Udp => truncated(heard.answer([txt(OWNER, "v=DMARC1; p=none")])),
        Via::Tcp => heard.txt("v=DMARC1; p=reject"),
    });
    assert_eq!(texts(&whole.await), ["v=DMARC1; p=reject"]);
}

#[tokio::test]
async fn d08_truncated_and_tcp_does_not_bring_it() {
    let half = trouble(|heard| match heard.via {
        Via::Udp => truncated(heard.answer([txt(OWNER, "half")])),
        Via::Tcp => vec![Say::Half(
            heard.answer([txt(OWNER, "whole")]).to_vec().unwrap(),
        )],
    });
    assert_eq!(half.await, Trouble::Truncated);
    let hangs = trouble(|heard| match heard.via {
        Via::Udp => truncated(heard.answer([txt(OWNER, "half")])),
        Via::Tcp => vec![Say::Hang],
    });
    assert_eq!(hangs.await, Trouble::Truncated);
    let still = trouble(|heard| truncated(heard.answer([txt(OWNER, "half")])));
    assert_eq!(still.await, Trouble::Truncated);
}

#[tokio::test]
async fn d10_three_words_for_no() {
    assert_eq!(
        outcome(|heard| say(heard.no(ResponseCode::NXDomain, "shop.test.", 120))).await,
        Outcome::NoName { ttl: Some(120) }
    );
    assert_eq!(
        outcome(|heard| say(heard.no(ResponseCode::NoError, "shop.test.", 900))).await,
        Outcome::NoData { ttl: Some(300) },
        "the TTL of the SOA record itself is the smaller one"
    );
}

#[tokio::test]
async fn d10_a_record_at_a_name_that_does_not_exist_proves_nothing() {
    let torn = trouble(|heard| {
        let mut message = heard.answer([txt(OWNER, "v=DMARC1; p=none")]);
        message.metadata.response_code = ResponseCode::NXDomain;
        say(message)
    });
    assert_eq!(torn.await, Trouble::Malformed);
}

#[tokio::test]
async fn d11_no_without_soa() {
    assert_eq!(
        outcome(|heard| say(heard.code(ResponseCode::NXDomain))).await,
        Outcome::NoName { ttl: None }
    );
    assert_eq!(
        outcome(|heard| say(heard.empty())).await,
        Outcome::NoData { ttl: None }
    );
    assert_eq!(
        outcome(|heard| say(heard.no(ResponseCode::NXDomain, "other.test.", 60))).await,
        Outcome::NoName { ttl: None },
        "the SOA of another zone says nothing here"
    );
}

#[tokio::test]
async fn d13_a_no_is_taken_at_its_word() {
    let server =
        Scripted::start(|heard| say(heard.no(ResponseCode::NXDomain, "shop.test.", 60))).await;
    client(&[])
        .ask(&server.authoritative(), &question(OWNER))
        .await;
    assert_eq!(server.asked(), ["_dmarc.shop.test. TXT"]);
}

#[tokio::test]
async fn d29_capitals_in_the_echo() {
    let loud = outcome(|heard| {
        let mut message = heard.answer([txt("_DMARC.Shop.TEST.", "loud")]);
        let name = hickory_resolver::proto::rr::Name::from_ascii("_DMARC.Shop.TEST.").unwrap();
        message.queries[0].set_name(name);
        say(message)
    });
    assert_eq!(texts(&loud.await), ["loud"]);
}

#[tokio::test]
async fn d30_a_forged_answer_is_passed_over() {
    let right = outcome(|heard| {
        let mut wrong_id = heard.answer([txt(OWNER, "forged id")]);
        wrong_id.metadata.id = heard.message.metadata.id.wrapping_add(1);
        let mut wrong_name = heard.answer([txt(OWNER, "forged question")]);
        let other = hickory_resolver::proto::rr::Name::from_ascii("other.test.").unwrap();
        wrong_name.queries[0].set_name(other);
        let mut two = heard.answer([txt(OWNER, "two questions")]);
        let first = two.queries[0].clone();
        two.add_query(first);
        let question = heard.message.to_vec().unwrap();
        let right = heard.answer([txt(OWNER, "right")]);
        let mut all = vec![Say::Now(b"?".to_vec()), Say::Now(question)];
        for message in [wrong_id, wrong_name, two, right] {
            all.extend(say(message));
        }
        all
    });
    assert_eq!(texts(&right.await), ["right"]);
}

#[tokio::test]
async fn d31_records_of_other_names_are_left_aside() {
    let mixed = outcome(|heard| {
        let mut message = heard.answer([txt("other.test.", "not asked"), txt(OWNER, "asked")]);
        message.add_additional(txt(OWNER, "beside"));
        say(message)
    });
    assert_eq!(texts(&mixed.await), ["asked"]);
    let only_others = outcome(|heard| say(heard.answer([txt("shop.test.", "not asked")])));
    assert_eq!(only_others.await, Outcome::NoData { ttl: None });
}

#[tokio::test]
async fn d32_messages_that_cannot_be_read() {
    // The count lies; RDATA ends after the message; a name that points to itself; a label of 64 bytes.
    let broken: [fn(Vec<u8>) -> Vec<u8>; 4] = [
        |mut bytes| {
            bytes[7] = 9;
            bytes
        },
        |mut bytes| {
            bytes.truncate(bytes.len() - 2);
            bytes
        },
        |mut bytes| {
            bytes[12] = 0xc0;
            bytes[13] = 12;
            bytes
        },
        |mut bytes| {
            bytes[12] = 64;
            bytes
        },
    ];
    for damage in broken {
        let said = trouble(move |heard| {
            let whole = heard.answer([txt(OWNER, "v=DMARC1; p=none")]);
            vec![Say::Now(damage(whole.to_vec().unwrap()))]
        });
        assert_eq!(said.await, Trouble::Malformed);
    }
}

#[tokio::test]
async fn d33_strings_are_joined_without_spaces() {
    let joined = outcome(|heard| {
        say(heard.answer([
            strings(OWNER, &[b"v=DMA", b"RC1; p=no", b"ne"]),
            strings(OWNER, &[b""]),
            strings(OWNER, &[b"a", b"", b"b"]),
        ]))
    });
    assert_eq!(texts(&joined.await), ["v=DMARC1; p=none", "", "ab"]);
}

#[tokio::test]
async fn d33_a_text_without_a_string_reads_as_empty() {
    let none = outcome(|heard| {
        let whole = heard.answer([txt(OWNER, "first"), strings(OWNER, &[b""])]);
        let mut bytes = whole.to_vec().unwrap();
        // The last string goes, and the length of its record with it.
        bytes.pop();
        let length = bytes.len() - 1;
        bytes[length] = 0;
        vec![Say::Now(bytes)]
    });
    assert_eq!(texts(&none.await), ["first", ""]);
}

#[tokio::test]
async fn d37_the_abandoned_type_is_read_and_its_damage_is_no_no() {
    for (rdata, expected) in [
        (b"\x04v=sp\x02f1".to_vec(), Some("v=spf1")),
        (b"\x09short".to_vec(), None),
    ] {
        let server = Scripted::start(move |heard| {
            let mut record = txt(OWNER, "x");
            record.data = RData::Unknown {
                code: WireType::from(99),
                rdata: NULL::with(rdata.clone()),
            };
            say(heard.answer([record]))
        })
        .await;
        let old = Question::new(name(OWNER), RecordType::Spf);
        let sighting = client(&[]).ask(&server.authoritative(), &old).await;
        match expected {
            Some(text) => assert_eq!(texts(&sighting.answer.outcome), [text]),
            None => assert_eq!(sighting.answer.trouble(), Some(&Trouble::Malformed)),
        }
    }
}

#[tokio::test]
async fn d34_a_text_as_long_as_a_message_can_be() {
    let long = outcome(|heard| match heard.via {
        Via::Udp => truncated(heard.empty()),
        Via::Tcp => heard.txt(&"x".repeat(65_000)),
    });
    assert_eq!(texts(&long.await), ["x".repeat(65_000)]);
}

#[tokio::test]
async fn d35_a_thousand_texts_and_no_more() {
    let many = outcome(|heard| match heard.via {
        Via::Udp => truncated(heard.empty()),
        Via::Tcp => say(heard.answer((0..1200).map(|n| txt(OWNER, &format!("token={n}"))))),
    });
    assert_eq!(texts(&many.await).len(), 1000);
}

#[tokio::test]
async fn d36_hostile_bytes_come_out_escaped() {
    let hostile = outcome(|heard| {
        say(heard.answer([strings(OWNER, &[b"\x1b]0;x\x07", b"\0\xff\xe2\x80\xae"])]))
    });
    assert_eq!(
        texts(&hostile.await),
        ["\\027]0;x\\007\\000\\255\\226\\128\\174"]
    );
}

#[tokio::test]
async fn names_with_odd_bytes_are_asked_as_they_are() {
    let server = Scripted::start(|heard| {
        let mut record = txt("shop.test.", "odd");
        record.name = heard.message.queries[0].name().clone();
        say(heard.answer([record]))
    })
    .await;
    let odd = Question::new(name("a\\032b\\046c.shop.test"), RecordType::Txt);
    let sighting = client(&[]).ask(&server.authoritative(), &odd).await;
    assert_eq!(texts(&sighting.answer.outcome), ["odd"]);
    let heard = server.heard();
    let label = heard[0].message.queries[0]
        .name()
        .iter()
        .next()
        .unwrap()
        .to_vec();
    assert_eq!(label, b"a b.c");
}

#[tokio::test]
async fn the_question_is_sent_as_the_side_wants_it() {
    let server = Scripted::start(|heard| heard.txt("x")).await;
    let client = client(&[&server]);
    client.ask(&server.authoritative(), &question(OWNER)).await;
    client.ask(&server.resolver(), &question(OWNER)).await;
    let heard = server.heard();
    assert!(!heard[0].message.metadata.recursion_desired);
    assert!(heard[1].message.metadata.recursion_desired);
    for one in heard {
        assert_eq!(one.message.edns.unwrap().max_payload(), 1232);
    }
}
