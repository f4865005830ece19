//! Reports made for the tests, and the archives and mails around them.

use std::io::Cursor;
use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use nobounce::evidence::refusal::Refusal;
use nobounce::evidence::unpack::Contents;
use nobounce::evidence::unpack::Found;
use nobounce::evidence::unpack::Unpacker;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// One record: what goes between `<record>` and `</record>`.
pub fn record(ip: &str, count: &str, dkim: &str, spf: &str) -> String {
    format!(
        "<record><row><source_ip>{ip}</source_ip><count>{count}</count><policy_evaluated>\
         <disposition>none</disposition><dkim>{dkim}</dkim><spf>{spf}</spf></policy_evaluated></row>\
         <identifiers><header_from>example.com</header_from></identifiers>\
         <auth_results><spf><domain>example.com</domain><result>{spf}</result></spf></auth_results></record>"
    )
}

/// A report with this head of `report_metadata` and these records.
pub fn report(id: &str, records: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?>\n<feedback><report_metadata><org_name>receiver.example</org_name>\
         <email>dmarc@receiver.example</email><report_id>{id}</report_id>\
         <date_range><begin>1767225600</begin><end>1767311999</end></date_range></report_metadata>\
         <policy_published><domain>example.com</domain><p>none</p></policy_published>{records}</feedback>\n"
    )
}

pub fn usual() -> String {
    report(
        "1",
        &format!(
            "{}{}",
            record("192.0.2.1", "3", "pass", "pass"),
            record("2001:db8::1", "2", "fail", "fail")
        ),
    )
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

pub fn zip<'a>(members: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        archive
            .start_file(name, SimpleFileOptions::default())
            .unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// A mail with one attachment in base64.
pub fn mail(content_type: &str, name: &str, body: &[u8]) -> Vec<u8> {
    use base64::Engine;
    let coded = base64::engine::general_purpose::STANDARD.encode(body);
    let lines: Vec<&str> = coded
        .as_bytes()
        .chunks(76)
        .map(|line| std::str::from_utf8(line).unwrap())
        .collect();
    format!(
        "From: dmarc@receiver.example\r\nTo: reports@example.com\r\nSubject: Report domain: example.com\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"b\"\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nThis is a report.\r\n\
         --b\r\nContent-Type: {content_type}; name=\"{name}\"\r\nContent-Transfer-Encoding: base64\r\n\
         Content-Disposition: attachment; filename=\"{name}\"\r\n\r\n{}\r\n--b--\r\n",
        lines.join("\r\n")
    )
    .into_bytes()
}

pub fn read(bytes: &[u8]) -> Contents {
    Unpacker::new(true).read(bytes)
}

/// The only report in some bytes.
#[track_caller]
pub fn one(bytes: &[u8]) -> Found {
    let mut contents = read(bytes);
    assert!(contents.refused.is_empty(), "{:?}", contents.refused);
    assert_eq!(contents.reports.len(), 1);
    contents.reports.remove(0)
}

/// The only refusal of bytes that hold no report.
#[track_caller]
pub fn refusal(bytes: &[u8]) -> Refusal {
    let mut contents = read(bytes);
    assert!(contents.reports.is_empty(), "{:?}", contents.reports);
    assert_eq!(contents.refused.len(), 1, "{:?}", contents.refused);
    contents.refused.remove(0).1
}
