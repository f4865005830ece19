//! One refusal in every form in which people hold it.

use nobounce::evidence::bounce::Answer;
use nobounce::evidence::bounce::explain;

const DSN: &str = "Reporting-MTA: dns; mail.example.com\n\n\
    Final-Recipient: rfc822; bob@recipient.example\nAction: failed\nStatus: 5.7.26\n\
    Remote-MTA: dns; gmail-smtp-in.l.google.com\n\
    Diagnostic-Code: smtp; 550-5.7.26 The MAIL FROM domain [example.com] has an SPF\n\
    \x20   record with a hard fail policy (-all) but it fails to pass SPF checks with\n\
    \x20   the ip: 550 5.7.26 [192.0.2.7]\n";

fn mail(parts: &str) -> String {
    format!(
        "From: MAILER-DAEMON@mail.example.com\r\nTo: alice@example.com\r\nSubject: Undelivered\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\r\n\r\n{parts}\r\n--b--\r\n"
    )
}

fn is_spf(answer: &Answer, form: &str) {
    let main = &answer.main;
    assert_eq!(main.cause.code.as_str(), "bounce-spf-failed", "{form}");
    assert_eq!(
        main.domain.as_ref().map(|name| name.as_str()),
        Some("example.com"),
        "{form}"
    );
    assert_eq!(
        main.ip.map(|ip| ip.to_string()).as_deref(),
        Some("192.0.2.7"),
        "{form}"
    );
    assert_eq!(
        (main.reply, main.status.as_deref()),
        (Some(550), Some("5.7.26")),
        "{form}"
    );
    assert_eq!(main.receiver.unwrap().id, "gmail", "{form}");
    assert_eq!(main.step, Some("spf"), "{form}");
}

#[test]
fn one_refusal_in_all_forms() {
    let line = "550-5.7.26 The MAIL FROM domain [example.com] has an SPF record with a hard fail policy (-all) but it fails to pass SPF checks with the ip: [192.0.2.7].";
    let quoted_dsn: String = DSN.lines().map(|line| format!("> > {line}\n")).collect();
    let broken: String = line.replace(' ', "\n");
    let forms = [
        ("the report alone", DSN.to_owned()),
        ("the report in quote marks", quoted_dsn),
        (
            "a whole mail",
            mail(&format!(
                "--b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n{}",
                DSN.replace('\n', "\r\n")
            )),
        ),
        ("the line", line.to_owned()),
        ("the line in quote marks", format!("> {line}")),
        ("a word a line", broken),
        (
            "literal line ends",
            line.replace("SPF record", "SPF\\n550-5.7.26 record"),
        ),
        (
            "HTML",
            format!(
                "<div>Error:<br><b>{}</b></div>",
                line.replace(' ', "&nbsp;")
            ),
        ),
        (
            "curly quotes and a hidden character",
            format!("\u{201c}{}\u{201d}", line.replace("SPF", "S\u{200b}PF")),
        ),
        (
            "quoted-printable",
            format!("{}=3D", line.replace("hard fail", "hard =\nfail")),
        ),
        (
            "Postfix",
            format!(
                "This is the mail system at host mail.example.com.\n\n<bob@recipient.example>: host gmail-smtp-in.l.google.com[198.51.100.9] said:\n    {line}\n    (in reply to end of DATA command)\n"
            ),
        ),
        (
            "Exim",
            format!(
                "This message was created automatically by mail delivery software.\n\n  bob@recipient.example\n    host gmail-smtp-in.l.google.com [198.51.100.9]\n    SMTP error from remote mail server after end of data:\n    {line}\n\n------ This is a copy of the message, including all the headers. ------\n\nFrom: alice@example.com\nSubject: SPF = pass\n"
            ),
        ),
        (
            "qmail",
            format!(
                "Hi. This is the qmail-send program at mail.example.com.\n\n<bob@recipient.example>:\n198.51.100.9 failed after I sent the message.\nRemote host said: {line}\n\n--- Below this line is a copy of the message.\n\nFrom: alice@example.com\n"
            ),
        ),
        (
            "sendmail",
            format!(
                "   ----- Transcript of session follows -----\n... while talking to gmail-smtp-in.l.google.com.:\n>>> DATA\n<<< {line}\n554 5.0.0 Service unavailable\n"
            ),
        ),
        (
            "Exchange",
            format!(
                "Delivery has failed to these recipients or groups:\n\nbob@recipient.example\n\nDiagnostic information for administrators:\n\nbob@recipient.example\ngmail-smtp-in.l.google.com\nRemote Server returned '{line}'\n"
            ),
        ),
    ];
    for (form, text) in &forms {
        is_spf(&explain(text.as_bytes()), form);
        is_spf(
            &explain(text.replace("\r\n", "\n").replace('\n', "\r\n").as_bytes()),
            form,
        );
    }
}

#[test]
fn of_several_recipients_the_one_that_matters_comes_first() {
    let text = format!(
        "{DSN}\nFinal-Recipient: rfc822; eve@recipient.example\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 User unknown\n\n\
         Final-Recipient: rfc822; carol@recipient.example\nAction: delivered\nStatus: 2.0.0\n"
    );
    for text in [text.clone(), text.replace("Reporting-MTA: dns; mail.example.com\n\n", "Reporting-MTA: dns; mail.example.com\n\nFinal-Recipient: rfc822; first@recipient.example\nAction: failed\nStatus: 5.2.2\nDiagnostic-Code: smtp; 552 5.2.2 Mailbox full\n\n")] {
        let answer = explain(text.as_bytes());
        is_spf(&answer, "several");
        let causes: Vec<_> = answer.outcomes.iter().map(|outcome| outcome.cause.code.as_str()).collect();
        assert!(causes.ends_with(&["bounce-spf-failed", "bounce-unknown-recipient"]), "{causes:?}");
        assert!(answer.outcomes.iter().all(|o| o.recipient.as_ref().unwrap().as_str() != "carol@recipient.example"));
    }
}

#[test]
fn a_delay_is_no_failure() {
    let answer = explain(DSN.replace("Action: failed", "Action: delayed").as_bytes());
    assert!(answer.main.delayed);
    assert!(
        answer
            .main
            .message
            .starts_with("The mail is late, not lost"),
        "{}",
        answer.main.message
    );
    let text = "<bob@recipient.example>: host mx.recipient.example said: 450 4.2.0 Greylisted. Your message will be retried until it is 5 days old.";
    assert!(explain(text.as_bytes()).main.delayed);
    assert!(!explain(DSN.as_bytes()).main.delayed);
}

#[test]
fn own_policy_offers_the_step_back() {
    let report = "Final-Recipient: rfc822; bob@recipient.example\r\nAction: failed\r\nStatus: 5.7.1\r\nDiagnostic-Code: smtp; 554 5.7.1 Action rejected by DMARC policy\r\n";
    let original = |from: &str| {
        mail(&format!(
            "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mail.example.com\r\n\r\n{report}\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nFrom: {from}\r\nSubject: Invoice\r\n\r\nHello\r\n"
        ))
    };
    let main = explain(original("Alice <alice@example.com>").as_bytes()).main;
    assert_eq!(
        (main.cause.code.as_str(), main.step),
        ("bounce-own-policy", Some("quarantine"))
    );
    assert_eq!(main.domain.unwrap().as_str(), "example.com");
    // A form that writes in a visitor's name.
    let main = explain(original("visitor@gmail.com").as_bytes()).main;
    assert_eq!(
        (main.cause.code.as_str(), main.step),
        ("bounce-dmarc-failed", Some("senders"))
    );
}

#[test]
fn what_is_no_bounce_is_said() {
    for text in [
        "Hello, my mail does not arrive, can you help?".to_owned(),
        "From: bob@recipient.example\nTo: alice@example.com\nSubject: Out of office\nAuto-Submitted: auto-replied\n\nI am away until Monday.\n".to_owned(),
        mail(&format!("--b\r\nContent-Type: message/delivery-status\r\n\r\n{}", "Reporting-MTA: dns; a.example\r\n\r\nFinal-Recipient: rfc822; bob@recipient.example\r\nAction: relayed\r\nStatus: 2.0.0\r\n")),
        "From: fbl@recipient.example\nTo: abuse@example.com\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=feedback-report; boundary=b\n\n--b\nContent-Type: text/plain\n\nSPF fail\n--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\n--b--\n".to_owned(),
    ] {
        let main = explain(text.as_bytes()).main;
        assert_eq!(main.cause.code.as_str(), "bounce-not-a-bounce", "{text}");
    }
}
