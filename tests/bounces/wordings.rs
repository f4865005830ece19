//! One reply of each kind that receivers give, and what is made of it.

use nobounce::evidence::bounce::explain;

/// Reply, receiver, class, cause, what failed.
type Row = (
    &'static str,
    Option<&'static str>,
    &'static str,
    &'static str,
    &'static [&'static str],
);

const REPLIES: &[Row] = &[
    (
        "550-5.7.26 This email has been blocked because the sender is unauthenticated. 550-5.7.26 Gmail requires all senders to authenticate with either SPF or DKIM. 550-5.7.26 550-5.7.26  Authentication results: 550-5.7.26  DKIM = did not pass 550-5.7.26  SPF [example.com] with ip: [192.0.2.7] = did not pass 550 5.7.26 x1 - gsmtp",
        Some("gmail"),
        "authentication",
        "bounce-unauthenticated",
        &["spf", "dkim"],
    ),
    (
        "421-4.7.26 This email has been rate limited because it is unauthenticated. Gmail requires all senders to authenticate with either SPF or DKIM.",
        Some("gmail"),
        "authentication",
        "bounce-unauthenticated",
        &["spf", "dkim"],
    ),
    (
        "550-5.7.26 The MAIL FROM domain [example.com] has an SPF record with a hard fail policy (-all) but it fails to pass SPF checks with the ip: [192.0.2.7].",
        Some("gmail"),
        "authentication",
        "bounce-spf-failed",
        &["spf"],
    ),
    (
        "550-5.7.26 Unauthenticated email from example.com is not accepted due to domain's DMARC policy.",
        Some("gmail"),
        "own-policy",
        "bounce-own-policy",
        &["dmarc"],
    ),
    (
        "451-4.7.26 Unauthenticated email from example.com is not accepted due to domain's DMARC policy, but temporary DNS failures prevent authentication.",
        Some("gmail"),
        "authentication",
        "bounce-dns-unanswered",
        &["dmarc"],
    ),
    (
        "550 5.7.27 Your email was blocked because SPF authentication didn't pass for this message. Gmail requires all bulk email senders to authenticate their email with SPF.",
        Some("gmail"),
        "authentication",
        "bounce-spf-failed",
        &["spf"],
    ),
    (
        "421 4.7.30 Your email has been rate limited because DKIM authentication didn't pass for this message.",
        None,
        "authentication",
        "bounce-dkim-failed",
        &["dkim"],
    ),
    (
        "550 5.7.40 Your message was blocked because the sending domain doesn't have a DMARC record, or the DMARC record doesn't specify a DMARC policy.",
        Some("gmail"),
        "authentication",
        "bounce-dmarc-missing",
        &["dmarc"],
    ),
    (
        "421 4.7.32 Your email has been rate limited because the From: header (RFC5322) in this message isn't aligned with either the authenticated SPF or DKIM organizational domain.",
        Some("gmail"),
        "authentication",
        "bounce-alignment",
        &["alignment", "dmarc"],
    ),
    (
        "550 5.7.24 The SPF record of the sending domain has one or more suspicious entries.",
        Some("gmail"),
        "authentication",
        "bounce-spf-too-wide",
        &["spf"],
    ),
    (
        "550 5.7.25 The IP address sending this message does not have a PTR record setup, or the corresponding forward DNS entry does not point to the sending IP.",
        Some("gmail"),
        "infrastructure",
        "bounce-ptr",
        &["ptr"],
    ),
    (
        "550 5.7.29 Your email was blocked because you're not using a TLS connection.",
        Some("gmail"),
        "infrastructure",
        "bounce-tls",
        &["tls"],
    ),
    (
        "421 4.7.28 Gmail has detected an unusual rate of unsolicited email originating from your DKIM domain [example.com]. To protect our users from spam, email sent from your domain has been temporarily rate limited.",
        Some("gmail"),
        "reputation",
        "bounce-rate",
        &[],
    ),
    (
        "550 5.7.1 Our system has detected that this message is likely suspicious due to the very low reputation of the sending domain. gsmtp",
        Some("gmail"),
        "reputation",
        "bounce-reputation",
        &[],
    ),
    (
        "550 5.7.1 [192.0.2.7] The IP you're using to send mail is not authorized to send email directly to our servers.",
        Some("gmail"),
        "reputation",
        "bounce-direct-sending",
        &[],
    ),
    (
        "550 5.7.515 Access denied, sending domain EXAMPLE.COM doesn't meet the required authentication level. Spf= Fail , Dkim= Pass , DMARC= Pass",
        Some("microsoft"),
        "authentication",
        "bounce-authentication-level",
        &["spf"],
    ),
    (
        "550 5.7.515 Access denied, sending domain example.com does not meet the required authentication level. Spf= Pass , Dkim= Fail , DMARC= Fail",
        Some("microsoft"),
        "authentication",
        "bounce-authentication-level",
        &["dkim", "dmarc"],
    ),
    (
        "550 5.7.515 Access denied, sending domain example.com does not meet the required authentication level.",
        Some("microsoft"),
        "authentication",
        "bounce-authentication-level",
        &["spf", "dkim", "dmarc"],
    ),
    (
        "550 5.7.509 Access denied, sending domain [EXAMPLE.COM] does not pass DMARC verification and has a DMARC policy of reject.",
        Some("microsoft"),
        "own-policy",
        "bounce-own-policy",
        &["dmarc"],
    ),
    (
        "550 5.7.23 The message was rejected because of Sender Policy Framework violation",
        Some("microsoft"),
        "authentication",
        "bounce-spf-failed",
        &["spf"],
    ),
    (
        "550 5.7.26 Service unavailable, a message sent over IPv6 must pass either SPF or DKIM validation, this message is not signed.",
        Some("microsoft"),
        "authentication",
        "bounce-unauthenticated",
        &["spf", "dkim"],
    ),
    (
        "550 command rejected due to Sender ID validation failure",
        None,
        "infrastructure",
        "bounce-sender-parked",
        &["mx"],
    ),
    (
        "550 5.7.1 Unfortunately, messages from [192.0.2.7] weren't sent. part of their network is on our block list (S3150).",
        Some("microsoft"),
        "reputation",
        "bounce-reputation",
        &[],
    ),
    (
        "554 5.7.9 Message not accepted for policy reasons. See https://senders.yahooinc.com/error-codes",
        Some("yahoo"),
        "authentication",
        "bounce-dmarc-failed",
        &["dmarc"],
    ),
    (
        "550 5.7.9 This mail has been blocked because the sender is unauthenticated. Yahoo requires all senders to authenticate with either SPF or DKIM.",
        Some("yahoo"),
        "authentication",
        "bounce-unauthenticated",
        &["spf", "dkim"],
    ),
    (
        "554 Message not allowed - [PH01] Email not accepted for policy reasons. https://postmaster.yahooinc.com/error-codes",
        Some("yahoo"),
        "content",
        "bounce-content",
        &[],
    ),
    (
        "554 5.7.1 Your message was rejected due to example.org's DMARC policy. See https://support.apple.com/en-us/HT204137 for info",
        Some("apple"),
        "own-policy",
        "bounce-own-policy",
        &["dmarc"],
    ),
    (
        "554 5.7.1 [HME1] This message was blocked for failing both SPF and DKIM authentication checks.",
        Some("apple"),
        "authentication",
        "bounce-unauthenticated",
        &["spf", "dkim"],
    ),
    (
        "550 5.2.0 Message rejected due to DMARC. Please see http://postmaster.comcast.net/smtp-error-codes.php#DM000001",
        Some("comcast"),
        "authentication",
        "bounce-dmarc-failed",
        &["dmarc"],
    ),
    (
        "554 Comcast requires that all mail servers must have a PTR record with a valid Reverse DNS entry.",
        Some("comcast"),
        "infrastructure",
        "bounce-ptr",
        &["ptr"],
    ),
    (
        "550 Reject due to SPF policy. The originating IP of the message is not permitted by the domain owner.",
        Some("gmx-webde"),
        "authentication",
        "bounce-spf-failed",
        &["spf"],
    ),
    (
        "554-web.de (mxweb012) Nemesis ESMTP Service not available 554-Bad DNS PTR resource record. 554 For explanation visit https://postmaster.web.de/en/case?c=rdns",
        Some("gmx-webde"),
        "infrastructure",
        "bounce-ptr",
        &["ptr"],
    ),
    (
        "550 5.7.1 This message was not accepted due to domain (example.org) owner DMARC policy (RFC 7489) https://help.mail.ru/mail-help/postmaster/dmarc",
        Some("mail-ru"),
        "own-policy",
        "bounce-own-policy",
        &["dmarc"],
    ),
    (
        "550 DMARC check failed. http://service.mail.qq.com/cgi-bin/help?subtype=1",
        Some("tencent"),
        "authentication",
        "bounce-dmarc-failed",
        &["dmarc"],
    ),
    (
        "550 SPF check failed. http://service.mail.qq.com/cgi-bin/help?subtype=1",
        Some("tencent"),
        "authentication",
        "bounce-spf-failed",
        &["spf"],
    ),
    (
        "550 5.7.1 Email rejected per DMARC policy for example.org",
        Some("zoho"),
        "own-policy",
        "bounce-own-policy",
        &["dmarc"],
    ),
    (
        "550 SPF Sender Invalid - envelope rejected",
        Some("mimecast"),
        "authentication",
        "bounce-spf-failed",
        &["spf"],
    ),
    (
        "550 DKIM Sender Invalid - envelope rejected",
        Some("mimecast"),
        "authentication",
        "bounce-dkim-failed",
        &["dkim"],
    ),
    (
        "550 DMARC Sender Invalid - envelope rejected",
        Some("mimecast"),
        "authentication",
        "bounce-dmarc-failed",
        &["dmarc"],
    ),
    (
        "550 5.7.0 Email rejected per sender's DMARC policy",
        None,
        "authentication",
        "bounce-dmarc-failed",
        &["dmarc"],
    ),
    (
        "550 5.7.26 ETP205 DMARC Failure for domain",
        Some("trellix"),
        "authentication",
        "bounce-dmarc-failed",
        &["dmarc"],
    ),
    (
        "550 5.1.0 192.0.2.7 is not allowed to send from <example.net> per it's SPF Record. Please inspect your SPF settings, and try again. IB508",
        Some("godaddy"),
        "authentication",
        "bounce-spf-failed",
        &["spf"],
    ),
    (
        "421 Reverse DNS for this IP failed. IB108",
        Some("godaddy"),
        "infrastructure",
        "bounce-ptr",
        &["ptr"],
    ),
    (
        "571 5.7.1 Message refused, DMARC verification Failed. LPN007_517",
        Some("orange-laposte"),
        "authentication",
        "bounce-dmarc-failed",
        &["dmarc"],
    ),
    (
        "550 5.7.1 Connections not accepted from servers without a valid sender domain. Fix reverse DNS for 192.0.2.7",
        Some("att"),
        "infrastructure",
        "bounce-ptr",
        &["ptr"],
    ),
    (
        "550-SPF-check failed: 550 example.com doesn't allow sending mails from 192.0.2.7",
        None,
        "authentication",
        "bounce-spf-failed",
        &["spf"],
    ),
    (
        "550 5.7.1 rejected by DMARC policy for example.com",
        None,
        "own-policy",
        "bounce-own-policy",
        &["dmarc"],
    ),
    (
        "550 5.7.26 Multiple authentication checks failed",
        None,
        "authentication",
        "bounce-unauthenticated",
        &["spf", "dkim"],
    ),
    (
        "550 5.7.27 Sender address has null MX",
        None,
        "infrastructure",
        "bounce-sender-parked",
        &["mx"],
    ),
    (
        "550 5.7.25 Reverse DNS validation failed",
        None,
        "infrastructure",
        "bounce-ptr",
        &["ptr"],
    ),
    (
        "554 5.7.1 Reverse DNS lookup for host 192.0.2.7 failed permanently",
        None,
        "infrastructure",
        "bounce-ptr",
        &["ptr"],
    ),
    // In words that no file has.
    (
        "550 We could not verify the DKIM signature of your message, it was refused.",
        None,
        "authentication",
        "bounce-dkim-failed",
        &["dkim"],
    ),
    (
        "550 5.7.1 Sender policy framework: this host is not permitted to send for example.com",
        None,
        "authentication",
        "bounce-spf-failed",
        &["spf"],
    ),
    (
        "554 Message blocked: SPF, DKIM and DMARC failed for example.com",
        None,
        "own-policy",
        "bounce-own-policy",
        &["dmarc", "spf", "dkim"],
    ),
    // Words of authentication that mean something else.
    (
        "535 5.7.8 Authentication credentials invalid",
        None,
        "other",
        "bounce-login",
        &[],
    ),
    (
        "530 5.7.57 Client was not authenticated to send anonymous mail during MAIL FROM",
        Some("microsoft"),
        "other",
        "bounce-login",
        &[],
    ),
    (
        "550 Unauthenticated senders not allowed",
        None,
        "other",
        "bounce-login",
        &[],
    ),
    (
        "550 5.7.1 RESOLVER.RST.AuthRequired; authentication required",
        Some("microsoft"),
        "recipient",
        "bounce-restricted",
        &[],
    ),
    (
        "554 Transaction failed: Duplicate header 'DKIM-Signature'.",
        None,
        "content",
        "bounce-headers",
        &[],
    ),
    (
        "550 5.1.1 <spf@dkim.example.com>: Recipient address rejected: User unknown",
        None,
        "recipient",
        "bounce-unknown-recipient",
        &[],
    ),
    // Numbers contradict words.
    (
        "550 5.1.1 Unauthenticated email is not accepted from this domain (SPF fail, DKIM none)",
        None,
        "authentication",
        "bounce-unauthenticated",
        &["spf", "dkim"],
    ),
    (
        "452 4.7.26 Mailbox full",
        None,
        "recipient",
        "bounce-mailbox-full",
        &[],
    ),
];

#[test]
fn every_wording_names_its_cause() {
    let mut wrong = Vec::new();
    for (reply, receiver, class, cause, fails) in REPLIES {
        let main = explain(reply.as_bytes()).main;
        let found = (
            main.cause.class.as_str(),
            main.cause.code.as_str(),
            main.fails.as_slice(),
        );
        if found != (*class, *cause, *fails) {
            wrong.push(format!("{reply}\n    {found:?}"));
        }
        if receiver.is_some() && main.receiver.map(|receiver| receiver.id.as_str()) != *receiver {
            wrong.push(format!(
                "{reply}\n    {:?}",
                main.receiver.map(|receiver| &receiver.id)
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_domain_and_the_address_are_read() {
    for (reply, domain, ip) in [
        (
            "550-5.7.26 The MAIL FROM domain [shop.example.com] has an SPF record with a hard fail policy (-all) but it fails to pass SPF checks with the ip: [192.0.2.7].",
            Some("shop.example.com"),
            Some("192.0.2.7"),
        ),
        (
            "host gmail-smtp-in.l.google.com[198.51.100.9] said: 550-5.7.26 Unauthenticated email from example.org is not accepted due to domain's DMARC policy.",
            Some("example.org"),
            None,
        ),
        (
            "550 5.7.509 Access denied, sending domain [EXAMPLE.COM] does not pass DMARC verification",
            Some("example.com"),
            None,
        ),
        (
            "554 5.7.1 Your message was rejected due to example.org's DMARC policy.",
            Some("example.org"),
            None,
        ),
        (
            "550 Bad SPF records for [example.org:192.0.2.2], see http://spf.pobox.com/",
            Some("example.org"),
            Some("192.0.2.2"),
        ),
        (
            "550 5.7.23 SPF fail. See http://www.openspf.net/Why?s=mfrom;id=alice@example.com;ip=2001:db8::7;r=x",
            Some("example.com"),
            Some("2001:db8::7"),
        ),
        ("550 SPF fail", None, None),
    ] {
        let main = explain(reply.as_bytes()).main;
        assert_eq!(
            main.domain.as_ref().map(|name| name.as_str()),
            domain,
            "{reply}"
        );
        assert_eq!(main.ip.map(|ip| ip.to_string()).as_deref(), ip, "{reply}");
    }
}

#[test]
fn a_policy_is_own_only_where_the_domain_can_be_the_users() {
    for (domain, class) in [
        ("example.com", "own-policy"),
        ("gmail.com", "authentication"),
    ] {
        let reply = format!(
            "550-5.7.26 Unauthenticated email from {domain} is not accepted due to domain's DMARC policy."
        );
        let main = explain(reply.as_bytes()).main;
        assert_eq!(main.cause.class.as_str(), class, "{domain}");
    }
}

#[test]
fn what_is_not_recognized_gets_no_advice_about_the_dns() {
    for reply in ["550 5.1.1 zzz-17 qqq", "554 5.7.1 (E4711)", "550 5.9.9 no"] {
        let main = explain(reply.as_bytes()).main;
        assert_eq!(main.cause.code.as_str(), "bounce-not-recognized", "{reply}");
        assert_eq!((main.step, main.fails.len()), (None, 0), "{reply}");
        assert!(main.remedy.contains("Change nothing in the DNS"), "{reply}");
    }
    let main = explain(b"550 5.1.1 zzz-17 qqq").main;
    assert!(
        main.message
            .contains("5.1.1 means in general: the recipient's address does not exist"),
        "{}",
        main.message
    );
}
