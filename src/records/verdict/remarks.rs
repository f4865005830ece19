//! What is said beside a verdict: what the DNS host did by itself, report addresses that nobody can use, spaces in a value that works.

use crate::records::dmarc;
use crate::records::dmarc::Dmarc;
use crate::records::finding::Severity;
use crate::records::record::Content;
use crate::records::spf::Spf;
use crate::records::untrusted::Untrusted;
use crate::records::verdict::found;
use crate::records::verdict::habits;
use crate::records::verdict::look::Look;
use crate::records::verdict::state::Kind;

impl Look<'_> {
    /// A record that the DNS host made or rewrote by itself (P21, P22).
    pub(super) fn done_by_host(&mut self, texts: &[Untrusted]) {
        let owner = &self.record.owner;
        let texts = texts.iter().filter_map(Untrusted::as_ascii);
        let finding = match &self.record.content {
            Content::Dmarc(wanted) if habits::default_policy(self.habits, wanted).is_none() => {
                texts
                    .filter_map(|text| text.parse::<Dmarc>().ok())
                    .find_map(|seen| habits::default_policy(self.habits, &seen))
                    .map(|habit| habits::host_default(owner, habit))
            }
            Content::Spf(wanted) if habits::rewritten_spf(self.habits, wanted).is_none() => texts
                .filter_map(|text| text.parse::<Spf>().ok())
                .find_map(|seen| habits::rewritten_spf(self.habits, &seen))
                .map(|include| habits::rewritten_by_host(owner, &include, Severity::Warning)),
            _ => None,
        };
        self.findings.extend(finding);
    }

    /// Report addresses that receivers cannot use (P24): said beside the difference.
    pub(super) fn report_addresses(&mut self, texts: &[Untrusted]) {
        if !matches!(self.record.content, Content::Dmarc(_)) {
            return;
        }
        if let dmarc::judge::Selected::One(reading) =
            dmarc::judge::select(&self.record.owner, texts)
        {
            let about = reading
                .findings
                .into_iter()
                .filter(|finding| finding.code == dmarc::codes::BAD_REPORT_ADDRESS);
            self.findings.extend(about);
        }
    }

    /// Spaces in a value that works (P10, P12).
    pub(super) fn remark(&mut self, texts: &[Untrusted]) {
        let kind = match &self.record.content {
            Content::Spf(_) => Kind::Spf,
            Content::Dkim(_) => Kind::Dkim,
            Content::Dmarc(_) => Kind::Dmarc,
            _ => return,
        };
        let wanted = Untrusted::from(self.record.content.to_string().as_str());
        let remark = texts
            .iter()
            .filter(|text| found::is_here(kind, &self.record.owner, std::slice::from_ref(text)))
            .find_map(|text| found::remark(kind, &self.record.owner, text));
        if found::remark(kind, &self.record.owner, &wanted).is_none() {
            self.findings.extend(remark);
        }
    }
}
