//! check_host with real look-ups: every mechanism, macro and limit, in cases of our own.
//!
//! `zone` is a table of records; a case is `IP MAIL-FROM HELO => result matched`, `-` where nothing is meant.

use nobounce::records::spf::check_host::Message;

use crate::scripted::Scripted;
use crate::spf_world::World;
use crate::spf_world::check;
use crate::spf_world::client;

/// Checks every line of `cases`; gives the server, so that its questions can be looked at.
async fn hold(zone: &str, cases: &str) -> Scripted {
    let server = World::of(zone).serve().await;
    let client = client(&server);
    let mut wrong = Vec::new();
    for line in cases.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (given, wanted) = line.split_once(" => ").unwrap();
        let given: Vec<&str> = given.split(' ').collect();
        let or = |text: &str| {
            if text == "-" {
                String::new()
            } else {
                text.to_owned()
            }
        };
        let (mail_from, helo) = (or(given[1]), or(given[2]));
        let message = Message::new(given[0].parse().unwrap(), &mail_from, &helo, "mx.here.test");
        let (result, said, report) = check(&client, &message.domain, &message).await;
        let matched = report
            .and_then(|report| report.matched)
            .or(said.clone())
            .unwrap_or_default();
        let wanted_said = wanted
            .split_once(" \"")
            .map(|(_, said)| said.trim_end_matches('"'));
        let found = match (&said, wanted_said) {
            (Some(said), Some(_)) => format!("{result} \"{said}\""),
            _ => format!("{result} {matched}").trim_end().to_owned(),
        };
        if found != wanted {
            wrong.push(format!("{line}\n    found {found}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    server
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_and_networks() {
    hold(
        "net.test TXT v=spf1 ip4:198.51.100.0/25 ip4:203.0.113.7 ?ip6:2001:db8:7::/48 ~ip4:0.0.0.0/1 -all
         odd.test TXT v=spf1 ip4:198.51.100.77/25 -all
         all4.test TXT v=spf1 ip4:0.0.0.0/0 -all
         all6.test TXT v=spf1 ip6:::/0 -all",
        "198.51.100.127 u@net.test h.test => pass ip4:198.51.100.0/25
         198.51.100.128 u@net.test h.test => fail -all
         203.0.113.7 u@net.test h.test => pass ip4:203.0.113.7
         ::ffff:203.0.113.7 u@net.test h.test => pass ip4:203.0.113.7
         2001:db8:7:1::1 u@net.test h.test => neutral ?ip6:2001:db8:7::/48
         2001:db8:8::1 u@net.test h.test => fail -all
         100.1.2.3 u@net.test h.test => softfail ~ip4:0.0.0.0/1
         198.51.100.1 u@odd.test h.test => pass ip4:198.51.100.77/25
         192.0.2.1 u@all4.test h.test => pass ip4:0.0.0.0/0
         2001:db8::1 u@all4.test h.test => fail -all
         192.0.2.1 u@all6.test h.test => fail -all
         2001:db8::1 u@all6.test h.test => pass ip6:::/0",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hosts_and_mail_servers_of_both_families() {
    let server = hold(
        "dual.test TXT v=spf1 a/24//64 mx:post.test -all
         dual.test A 192.0.2.10
         dual.test AAAA 2001:db8:1::1
         post.test MX 10 one.post.test
         post.test MX 20 two.post.test
         one.post.test A 198.51.100.1
         two.post.test CNAME alias.post.test
         alias.post.test A 198.51.100.2
         alias.post.test AAAA 2001:db8:2::2
         four.test TXT v=spf1 mx -all
         four.test MX 10 v4a.test
         four.test MX 10 v4b.test
         four.test MX 10 v4c.test
         v4a.test A 192.0.2.1
         v4b.test A 192.0.2.2
         v4c.test A 192.0.2.3
         null.test TXT v=spf1 mx -all
         null.test MX 0 .
         plain.test TXT v=spf1 mx -all
         plain.test A 192.0.2.1",
        "192.0.2.200 u@dual.test h.test => pass a/24//64
         2001:db8:1::9 u@dual.test h.test => pass a/24//64
         198.51.100.2 u@dual.test h.test => pass mx:post.test
         2001:db8:2::2 u@dual.test h.test => pass mx:post.test
         198.51.100.3 u@dual.test h.test => fail -all
         2001:db8::1 u@four.test h.test => fail -all
         192.0.2.1 u@null.test h.test => fail -all
         192.0.2.1 u@plain.test h.test => fail -all",
    )
    .await;
    // Mail servers without addresses of the family are no void look-ups, and of a plain host only its own record counts.
    assert!(
        server
            .asked()
            .iter()
            .any(|asked| asked == "one.post.test. AAAA")
    );
}

/// RFC 7208, section 5.2: what a result of the included record means.
#[tokio::test(flavor = "multi_thread")]
async fn includes_and_redirects() {
    hold(
        "yes.test TXT v=spf1 ip4:192.0.2.1 -all
         soft.test TXT v=spf1 ip4:192.0.2.2 ~all
         open.test TXT v=spf1 ip4:192.0.2.3
         bad.test TXT v=spf1 ipv4:192.0.2.3 -all
         two.test TXT v=spf1 -all
         two.test TXT v=spf1 ~all
         dead.test SERVFAIL
         mute.test TIMEOUT
         some.test TXT hello
         a.test TXT v=spf1 include:yes.test include:soft.test include:open.test ?all
         b.test TXT v=spf1 -include:yes.test +all
         c.test TXT v=spf1 include:bad.test -all
         d.test TXT v=spf1 include:two.test -all
         e.test TXT v=spf1 include:dead.test -all
         f.test TXT v=spf1 include:mute.test -all
         g.test TXT v=spf1 include:some.test -all
         h.test TXT v=spf1 include:gone.test -all
         i.test TXT v=spf1 redirect=yes.test
         j.test TXT v=spf1 redirect=gone.test
         k.test TXT v=spf1 redirect=yes.test ~all
         l.test TXT v=spf1 include:m.test redirect=yes.test
         m.test TXT v=spf1 redirect=soft.test
         first.test TXT v=spf1 ip4:192.0.2.9 include:dead.test -all",
        "192.0.2.1 u@a.test h.test => pass include:yes.test
         192.0.2.3 u@a.test h.test => pass include:open.test
         192.0.2.4 u@a.test h.test => neutral ?all
         192.0.2.1 u@b.test h.test => fail -include:yes.test
         192.0.2.2 u@b.test h.test => pass all
         192.0.2.1 u@c.test h.test => permerror
         192.0.2.1 u@d.test h.test => permerror
         192.0.2.1 u@e.test h.test => temperror
         192.0.2.1 u@f.test h.test => temperror
         192.0.2.1 u@g.test h.test => permerror
         192.0.2.1 u@h.test h.test => permerror
         192.0.2.1 u@i.test h.test => pass ip4:192.0.2.1
         192.0.2.2 u@i.test h.test => fail -all
         192.0.2.1 u@j.test h.test => permerror
         192.0.2.1 u@k.test h.test => softfail ~all
         192.0.2.2 u@l.test h.test => pass include:m.test
         192.0.2.4 u@l.test h.test => fail -all
         192.0.2.9 u@first.test h.test => pass ip4:192.0.2.9
         192.0.2.8 u@first.test h.test => temperror",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn records_are_selected_as_receivers_do() {
    hold(
        "none.test TXT v=spf10 -all
         none.test TXT  v=spf1 -all
         none.test SPF v=spf1 +all
         old.test SPF v=spf1 +all
         old.test TXT v=spf1 -all
         case.test TXT V=SPF1 IP4:192.0.2.1 -ALL
         split.test TXT v=spf1 ip4:192.0 | .2.1 -all
         bare.test TXT v=spf1
         mixed.test TXT something else
         mixed.test TXT v=spf1 a:b.test -all
         b.test A 192.0.2.1
         utf8.test TXT v=spf1 a:\u{fc}ber.test -all
         tab.test TXT v=spf1 ip4:192.0.2.1\t-all
         moo.test TXT v=spf1 ip4:192.0.2.1 -all moo
         mod.test TXT v=spf1 x-y_z.1=%{i} ip4:192.0.2.1 -all
         badmod.test TXT v=spf1 x=%{ ip4:192.0.2.1 -all
         port.test TXT v=spf1 a:b.test:25 -all",
        "192.0.2.1 u@none.test h.test => none
         192.0.2.1 u@gone.test h.test => none
         192.0.2.1 u@old.test h.test => fail -all
         192.0.2.1 u@case.test h.test => pass ip4:192.0.2.1
         192.0.2.1 u@split.test h.test => pass ip4:192.0.2.1
         192.0.2.1 u@bare.test h.test => neutral
         192.0.2.1 u@mixed.test h.test => pass a:b.test
         192.0.2.1 u@utf8.test h.test => permerror
         192.0.2.1 u@tab.test h.test => permerror
         192.0.2.1 u@moo.test h.test => permerror
         192.0.2.1 u@mod.test h.test => pass ip4:192.0.2.1
         192.0.2.1 u@badmod.test h.test => permerror
         192.0.2.1 u@port.test h.test => permerror
         192.0.2.1 - bare.test => neutral
         192.0.2.1 <> bare.test => neutral
         192.0.2.1 u@bare.test. h.test => neutral",
    )
    .await;
}

/// RFC 7208, section 4.3: a domain that is none needs no question.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_domain_gives_none() {
    let long = "a".repeat(64);
    let server = hold(
        "a.test TXT v=spf1 -all",
        &format!(
            "192.0.2.1 u@{long}.test h.test => none
             192.0.2.1 u@a..test h.test => none
             192.0.2.1 u@.a.test h.test => none
             192.0.2.1 u@localhost h.test => none
             192.0.2.1 u@[192.0.2.1] h.test => none
             192.0.2.1 u@192.0.2.1 h.test => none
             192.0.2.1 - HOST => none
             192.0.2.1 u@{} h.test => none",
            "abcdefg.".repeat(32) + "test"
        ),
    )
    .await;
    assert_eq!(server.asked(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn macros_are_filled_in() {
    let server = hold(
        "i.test TXT v=spf1 exists:%{ir}.%{v}._spf.%{d} -all
         77.2.0.192.in-addr._spf.i.test A 127.0.0.2
         b.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6._spf.i.test A 127.0.0.2
         l.test TXT v=spf1 exists:%{l1r-}.%{o2}.user.l.test -all
         mary.l.test.user.l.test A 127.0.0.2
         s.test TXT v=spf1 exists:%{S}.s.test -all
         j%2Bk%40s.test.s.test A 127.0.0.2
         h.test TXT v=spf1 a:%{h} -all
         mail.h.test A 192.0.2.5
         cut.test TXT v=spf1 exists:%{l}.%{d3}.%{d2r}.%{d1}._x.cut.test -all
         u.cut.test.test.cut.test._x.cut.test A 127.0.0.2
         sign.test TXT v=spf1 exists:%%.%-.sign.test -all
         %.%20.sign.test A 127.0.0.2
         up.test TXT v=spf1 include:%{D}.low.test -all
         up.test.low.test TXT v=spf1 ip4:192.0.2.6 -all
         long.test TXT v=spf1 exists:%{l}.%{l}.%{l}.%{l}.%{l}.%{l}.tail.test -all
         slash.test TXT v=spf1 a:x/y.test/24 -all
         x/y.test A 192.0.2.1
         neg.test TXT v=spf1 exists:%{l0}.a.test -all
         let.test TXT v=spf1 exists:%{c}.a.test -all
         open.test TXT v=spf1 exists:%{i.a.test -all
         ten.test TXT v=spf1 exists:%{i99}.a.test -all
         192.0.2.1.a.test A 127.0.0.2",
        "192.0.2.77 u@i.test h.test => pass exists:%{ir}.%{v}._spf.%{d}
         2001:db8::b u@i.test h.test => pass exists:%{ir}.%{v}._spf.%{d}
         192.0.2.78 u@i.test h.test => fail -all
         192.0.2.1 mary-list@l.test h.test => pass exists:%{l1r-}.%{o2}.user.l.test
         192.0.2.1 j+k@s.test h.test => pass exists:%{S}.s.test
         192.0.2.5 u@h.test mail.h.test => pass a:%{h}
         192.0.2.6 u@h.test mail.h.test => fail -all
         192.0.2.1 u@cut.test h.test => pass exists:%{l}.%{d3}.%{d2r}.%{d1}._x.cut.test
         192.0.2.1 u@sign.test h.test => pass exists:%%.%-.sign.test
         192.0.2.6 u@up.test h.test => pass include:%{D}.low.test
         192.0.2.9 u@slash.test h.test => pass a:x/y.test/24
         192.0.2.1 u@neg.test h.test => permerror
         192.0.2.1 u@let.test h.test => permerror
         192.0.2.1 u@open.test h.test => permerror
         192.0.2.1 u@ten.test h.test => pass exists:%{i99}.a.test",
    )
    .await;
    drop(server);
    // 6 × 60 characters and the rest: the labels on the left go until 253 are left.
    let local = "k".repeat(60);
    let server = hold(
        "long.test TXT v=spf1 exists:%{l}.%{l}.%{l}.%{l}.%{l}.%{l}.tail.test -all",
        &format!("192.0.2.1 {local}@long.test h.test => fail -all"),
    )
    .await;
    let kept = [local.as_str(); 4].join(".");
    assert_eq!(server.asked()[1], format!("{kept}.tail.test. A"));
}

#[tokio::test(flavor = "multi_thread")]
async fn names_of_addresses_have_to_lead_back() {
    let many: String = (0..12)
        .map(|at| {
            format!(
                "9.2.0.192.in-addr.arpa PTR n{at}.many.test\nn{at}.many.test A 192.0.2.{}\n",
                9 - at / 10
            )
        })
        .collect();
    let server = hold(
        &format!(
            "p.test TXT v=spf1 ptr -all
             q.test TXT v=spf1 ptr:p.test -all
             1.2.0.192.in-addr.arpa PTR liar.p.test
             liar.p.test A 192.0.2.99
             2.2.0.192.in-addr.arpa PTR host.P.test
             host.p.test A 192.0.2.2
             3.2.0.192.in-addr.arpa PTR notp.test
             notp.test A 192.0.2.3
             4.2.0.192.in-addr.arpa SERVFAIL
             5.2.0.192.in-addr.arpa PTR dead.p.test
             5.2.0.192.in-addr.arpa PTR good.p.test
             dead.p.test SERVFAIL
             good.p.test A 192.0.2.5
             name.test TXT v=spf1 exists:%{{p}}.ok.test -all
             host.p.test.ok.test A 127.0.0.2
             unknown.ok.test A 127.0.0.2
             m.test TXT v=spf1 ptr:many.test -all
             {many}"
        ),
        "192.0.2.1 u@p.test h.test => fail -all
         192.0.2.2 u@p.test h.test => pass ptr
         192.0.2.2 u@q.test h.test => pass ptr:p.test
         192.0.2.3 u@p.test h.test => fail -all
         192.0.2.4 u@p.test h.test => fail -all
         192.0.2.5 u@p.test h.test => pass ptr
         192.0.2.6 u@p.test h.test => fail -all
         192.0.2.2 u@name.test h.test => pass exists:%{p}.ok.test
         192.0.2.1 u@name.test h.test => pass exists:%{p}.ok.test
         192.0.2.9 u@m.test h.test => pass ptr:many.test",
    )
    .await;
    // Of twelve names ten are looked at.
    let asked = server.asked();
    assert!(asked.contains(&"n9.many.test. A".to_owned()));
    assert!(!asked.contains(&"n10.many.test. A".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn explanations_are_given_on_fail_alone() {
    hold(
        "e.test TXT v=spf1 ip4:192.0.2.9 ~ip4:192.0.2.8 -all exp=why.%{d}
         why.e.test TXT %{i} may not send as %{s}. | See http://%{d}/?r=%{r}&h=%{H}&t=%{t}%_%%
         r.test TXT v=spf1 exp=other.test redirect=e.test
         other.test TXT not this one
         n.test TXT v=spf1 include:e.test -all exp=short.test
         short.test TXT no
         two.test TXT v=spf1 -all exp=twice.test
         twice.test TXT one
         twice.test TXT two
         gone.test TXT v=spf1 -all exp=nowhere.test
         dead.test TXT v=spf1 -all exp=servfail.test
         servfail.test SERVFAIL
         bad.test TXT v=spf1 -all exp=wrong.test
         wrong.test TXT the %{x} files
         wide.test TXT v=spf1 -all exp=umlaut.test
         umlaut.test TXT nicht f\u{fc}r dich
         six.test TXT v=spf1 -all exp=read.test
         read.test TXT %{c} is %{v}",
        "192.0.2.1 u@e.test h.test => fail \"192.0.2.1 may not send as u@e.test.See http://e.test/?r=mx.here.test&h=h.test&t=0 %\"
         192.0.2.9 u@e.test h.test => pass ip4:192.0.2.9
         192.0.2.8 u@e.test h.test => softfail ~ip4:192.0.2.8
         192.0.2.1 u@r.test h>.test => fail \"192.0.2.1 may not send as u@r.test.See http://e.test/?r=mx.here.test&h=h%3E.test&t=0 %\"
         192.0.2.1 u@n.test h.test => fail \"no\"
         192.0.2.1 u@two.test h.test => fail -all
         192.0.2.1 u@gone.test h.test => fail -all
         192.0.2.1 u@dead.test h.test => fail -all
         192.0.2.1 u@bad.test h.test => fail -all
         192.0.2.1 u@wide.test h.test => fail -all
         2001:db8::1 u@six.test h.test => fail \"2001:db8::1 is ip6\"",
    )
    .await;
}

/// FAULTS D40, D41, D42: ten look-ups, two void ones, circles.
#[tokio::test(flavor = "multi_thread")]
async fn d40_d41_d42_limits_are_those_of_receivers() {
    let hosts: String = (1..=12)
        .map(|at| {
            format!(
                "a{at}.test A 203.0.113.{at}\ninc{at}.test TXT v=spf1 ip4:203.0.113.{at} -all\n"
            )
        })
        .collect();
    let terms = |kind: &str, count: usize| {
        (1..=count)
            .map(|at| format!("{kind}{at}.test"))
            .collect::<Vec<_>>()
            .join(" ")
    };
    let server = hold(
        &format!(
            "{hosts}
             ten.test TXT v=spf1 {} -all
             eleven.test TXT v=spf1 {} -all
             nested.test TXT v=spf1 include:five.test include:six.test -all
             five.test TXT v=spf1 {} -all
             six.test TXT v=spf1 {} -all
             early.test TXT v=spf1 ip4:192.0.2.1 {} -all
             void2.test TXT v=spf1 a:x1.test mx:x2.test ip4:192.0.2.1 -all
             void3.test TXT v=spf1 a:x1.test mx:x2.test exists:x3.test ip4:192.0.2.1 -all
             loop.test TXT v=spf1 include:back.test -all
             back.test TXT v=spf1 include:loop.test -all
             round.test TXT v=spf1 redirect=about.test
             about.test TXT v=spf1 redirect=round.test",
            terms("a:a", 10),
            terms("include:inc", 11),
            terms("a:a", 5),
            terms("a:a", 3),
            terms("a:a", 12),
        ),
        "203.0.113.10 u@ten.test h.test => pass a:a10.test
         192.0.2.1 u@ten.test h.test => fail -all
         203.0.113.10 u@eleven.test h.test => pass include:inc10.test
         203.0.113.11 u@eleven.test h.test => permerror
         192.0.2.1 u@nested.test h.test => fail -all
         192.0.2.1 u@early.test h.test => pass ip4:192.0.2.1
         192.0.2.2 u@early.test h.test => permerror
         192.0.2.1 u@void2.test h.test => pass ip4:192.0.2.1
         192.0.2.1 u@void3.test h.test => permerror
         192.0.2.1 u@loop.test h.test => permerror
         192.0.2.1 u@round.test h.test => permerror",
    )
    .await;
    drop(server);
    let server = hold(
        "loop.test TXT v=spf1 include:back.test -all
         back.test TXT v=spf1 include:loop.test -all",
        "192.0.2.1 u@loop.test h.test => permerror",
    )
    .await;
    assert!(server.asked().len() <= 11, "{:?}", server.asked());
}

/// RFC 7208, section 4.6.4: ten mail servers of one `mx`; the first ten may still match.
#[tokio::test(flavor = "multi_thread")]
async fn d43_an_mx_of_eleven_hosts_is_an_error_unless_one_of_the_first_ten_matches() {
    let hosts: String = (10..=20)
        .map(|at| format!("mx.test MX {at} m{at}.test\nm{at}.test A 203.0.113.{at}\n"))
        .collect();
    hold(
        &format!("mx.test TXT v=spf1 mx -all\n{hosts}"),
        "203.0.113.12 u@mx.test h.test => pass mx
         203.0.113.20 u@mx.test h.test => permerror
         192.0.2.1 u@mx.test h.test => permerror",
    )
    .await;
}

/// FAULTS D45: trouble of a server is never a "no".
#[tokio::test(flavor = "multi_thread")]
async fn d45_trouble_is_temperror() {
    hold(
        "own.test SERVFAIL
         a.test TXT v=spf1 a:dead.test -all
         m.test TXT v=spf1 mx:dead.test -all
         x.test TXT v=spf1 exists:dead.test -all
         h.test TXT v=spf1 mx:half.test -all
         half.test MX 10 dead.test
         dead.test SERVFAIL
         circle.test TXT v=spf1 a:one.test -all
         one.test CNAME two.test
         two.test CNAME one.test",
        "192.0.2.1 u@own.test h.test => temperror
         192.0.2.1 u@a.test h.test => temperror
         192.0.2.1 u@m.test h.test => temperror
         192.0.2.1 u@x.test h.test => temperror
         192.0.2.1 u@h.test h.test => temperror
         192.0.2.1 u@circle.test h.test => temperror",
    )
    .await;
}

/// FAULTS D46: a long record, in strings of 255 bytes and over TCP.
#[tokio::test(flavor = "multi_thread")]
async fn d46_long_records_are_read_whole() {
    let terms: Vec<String> = (0..250).map(|at| format!("ip4:198.51.{at}.0/24")).collect();
    hold(
        &format!("long.test TXT v=spf1 {} -all", terms.join(" ")),
        "198.51.249.1 u@long.test h.test => pass ip4:198.51.249.0/24
         198.51.250.1 u@long.test h.test => fail -all",
    )
    .await;
}

/// Only the family of the sending address is asked for.
#[tokio::test(flavor = "multi_thread")]
async fn one_family_is_asked_for() {
    for (ip, wanted, other) in [("192.0.2.1", "A", "AAAA"), ("2001:db8::1", "AAAA", "A")] {
        let server = World::of("m.test TXT v=spf1 mx -all\nm.test MX 10 h.test\nh.test A 192.0.2.2\nh.test AAAA 2001:db8::2")
            .serve()
            .await;
        let message = Message::new(ip.parse().unwrap(), "u@m.test", "", "");
        check(&client(&server), "m.test", &message).await;
        let asked = server.asked();
        assert!(asked.contains(&format!("h.test. {wanted}")), "{asked:?}");
        assert!(!asked.contains(&format!("h.test. {other}")), "{asked:?}");
    }
}
