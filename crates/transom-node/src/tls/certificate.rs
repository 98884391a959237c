//! What `getPeerCertificate` and `X509Certificate` tell of a certificate, as JSON.

use std::fmt::Write as _;
use std::net::{Ipv4Addr, Ipv6Addr};

use aws_lc_rs::digest;
use aws_lc_rs::signature::{self, UnparsedPublicKey, VerificationAlgorithm};
use serde_json::{Map, Value, json};
use transom_engine::OpError;
use x509_cert::Certificate;
use x509_cert::der::asn1::{
    BmpString, Ia5StringRef, ObjectIdentifier, PrintableStringRef, TeletexStringRef, Utf8StringRef,
};
use x509_cert::der::{Any, Decode, Encode, Tag, Tagged};
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{
    AuthorityInfoAccessSyntax, BasicConstraints, ExtendedKeyUsage, SubjectAltName,
};
use x509_cert::name::Name;
use x509_cert::spki::SubjectPublicKeyInfoOwned;
use x509_cert::time::Time;

const RSA: &str = "1.2.840.113549.1.1.1";
const EC: &str = "1.2.840.10045.2.1";

fn unreadable(error: impl std::fmt::Display) -> OpError {
    OpError::error(format!("the certificate cannot be read: {error}"))
        .code("ERR_OSSL_PEM_NO_START_LINE")
}

/// What `out_of_date` and `is_self_signed` cannot read is neither.
fn read(der: &[u8]) -> Option<Certificate> {
    Certificate::from_der(der).ok()
}

/// OpenSSL's code when the certificate is not valid at `now`, in seconds since 1970.
pub(super) fn out_of_date(der: &[u8], now: u64) -> Option<&'static str> {
    let validity = *read(der)?.tbs_certificate().validity();
    if now < validity.not_before.to_unix_duration().as_secs() {
        return Some("CERT_NOT_YET_VALID");
    }
    (now > validity.not_after.to_unix_duration().as_secs()).then_some("CERT_HAS_EXPIRED")
}

pub(super) fn is_self_signed(der: &[u8]) -> bool {
    read(der).is_some_and(|certificate| {
        certificate.tbs_certificate().issuer() == certificate.tbs_certificate().subject()
    })
}

/// Whether the public key `issuer` (as SubjectPublicKeyInfo) made the signature of `der`.
pub(super) fn is_signed_by(der: &[u8], issuer: &[u8]) -> Result<bool, OpError> {
    let certificate = Certificate::from_der(der).map_err(unreadable)?;
    let key = SubjectPublicKeyInfoOwned::from_der(issuer).map_err(unreadable)?;
    let curve = key.algorithm.parameters.as_ref().and_then(|any| any.decode_as().ok());
    let algorithm = verification(&certificate.signature_algorithm().oid, curve);
    let (Some(algorithm), Some(key)) = (algorithm, key.subject_public_key.as_bytes()) else {
        return Ok(false);
    };
    let message = certificate.tbs_certificate().to_der().map_err(unreadable)?;
    let signature = certificate.signature().as_bytes().unwrap_or_default();
    Ok(UnparsedPublicKey::new(algorithm, key).verify(&message, signature).is_ok())
}

fn verification(
    oid: &ObjectIdentifier,
    curve: Option<ObjectIdentifier>,
) -> Option<&'static dyn VerificationAlgorithm> {
    let curve = curve.map(|oid| oid.to_string()).unwrap_or_default();
    Some(match (oid.to_string().as_str(), curve.as_str()) {
        ("1.2.840.113549.1.1.11", _) => &signature::RSA_PKCS1_2048_8192_SHA256,
        ("1.2.840.113549.1.1.12", _) => &signature::RSA_PKCS1_2048_8192_SHA384,
        ("1.2.840.113549.1.1.13", _) => &signature::RSA_PKCS1_2048_8192_SHA512,
        ("1.2.840.10045.4.3.2", "1.2.840.10045.3.1.7") => &signature::ECDSA_P256_SHA256_ASN1,
        ("1.2.840.10045.4.3.3", "1.2.840.10045.3.1.7") => &signature::ECDSA_P256_SHA384_ASN1,
        ("1.2.840.10045.4.3.2", "1.3.132.0.34") => &signature::ECDSA_P384_SHA256_ASN1,
        ("1.2.840.10045.4.3.3", "1.3.132.0.34") => &signature::ECDSA_P384_SHA384_ASN1,
        ("1.3.101.112", _) => &signature::ED25519,
        _ => return None,
    })
}

/// The members of a certificate, in the words of OpenSSL.
pub(super) fn describe(der: &[u8]) -> Result<String, OpError> {
    let certificate = Certificate::from_der(der).map_err(unreadable)?;
    let tbs = certificate.tbs_certificate();
    let mut found = Map::new();
    found.insert("subject".into(), name_object(tbs.subject()));
    found.insert("subjectText".into(), name_text(tbs.subject()).into());
    found.insert("issuer".into(), name_object(tbs.issuer()));
    found.insert("issuerText".into(), name_text(tbs.issuer()).into());
    let extension = tbs.get_extension::<SubjectAltName>().ok().flatten();
    if let Some((_, names)) = extension {
        found.insert("subjectaltname".into(), alternative_names(&names.0).into());
    }
    if let Some((_, access)) = tbs.get_extension::<AuthorityInfoAccessSyntax>().ok().flatten() {
        let mut list = Map::new();
        for entry in &access.0 {
            let method = match entry.access_method.to_string().as_str() {
                "1.3.6.1.5.5.7.48.1" => "OCSP",
                "1.3.6.1.5.5.7.48.2" => "CA Issuers",
                _ => continue,
            };
            if let GeneralName::UniformResourceIdentifier(uri) = &entry.access_location {
                let place = list.entry(format!("{method} - URI")).or_insert_with(|| json!([]));
                place.as_array_mut().expect("made above").push(json!(uri.as_str()));
            }
        }
        found.insert("infoAccess".into(), list.into());
    }
    let constraints = tbs.get_extension::<BasicConstraints>().ok().flatten();
    found.insert("ca".into(), constraints.is_some_and(|(_, limits)| limits.ca).into());
    if let Some((_, usage)) = tbs.get_extension::<ExtendedKeyUsage>().ok().flatten() {
        let list: Vec<String> = usage.0.iter().map(ToString::to_string).collect();
        found.insert("ext_key_usage".into(), list.into());
    }
    found.insert("valid_from".into(), date(tbs.validity().not_before).into());
    found.insert("valid_to".into(), date(tbs.validity().not_after).into());
    found.insert("serialNumber".into(), hex(tbs.serial_number().as_bytes(), "").into());
    for (name, algorithm) in [
        ("fingerprint", &digest::SHA1_FOR_LEGACY_USE_ONLY),
        ("fingerprint256", &digest::SHA256),
        ("fingerprint512", &digest::SHA512),
    ] {
        found.insert(name.into(), hex(digest::digest(algorithm, der).as_ref(), ":").into());
    }
    public_key(&certificate, &mut found)?;
    Ok(Value::Object(found).to_string())
}

fn public_key(certificate: &Certificate, found: &mut Map<String, Value>) -> Result<(), OpError> {
    let key = certificate.tbs_certificate().subject_public_key_info();
    let spki = key.to_der().map_err(unreadable)?;
    found.insert("spki".into(), hex(&spki, "").into());
    let bytes = key.subject_public_key.as_bytes().unwrap_or_default();
    match key.algorithm.oid.to_string().as_str() {
        RSA => {
            let key = rsa_numbers(bytes).map_err(unreadable)?;
            let modulus = hex(&key.0, "");
            let bits =
                key.0.len() * 8 - key.0.first().map_or(0, |byte| byte.leading_zeros() as usize);
            let exponent = key.1.iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
            found.insert("modulus".into(), modulus.into());
            found.insert("bits".into(), bits.into());
            found.insert("exponent".into(), format!("0x{exponent:x}").into());
        }
        EC => {
            let curve = key.algorithm.parameters.as_ref();
            let curve = curve.and_then(|any| any.decode_as::<ObjectIdentifier>().ok());
            let (asn1, nist, bits) = match curve.map(|oid| oid.to_string()).as_deref() {
                Some("1.2.840.10045.3.1.7") => ("prime256v1", Some("P-256"), 256),
                Some("1.3.132.0.34") => ("secp384r1", Some("P-384"), 384),
                Some("1.3.132.0.35") => ("secp521r1", Some("P-521"), 521),
                Some("1.3.132.0.10") => ("secp256k1", None, 256),
                _ => return Ok(()),
            };
            found.insert("bits".into(), bits.into());
            found.insert("pubkey".into(), hex(bytes, "").into());
            found.insert("asn1Curve".into(), asn1.into());
            if let Some(nist) = nist {
                found.insert("nistCurve".into(), nist.into());
            }
        }
        _ => {}
    }
    Ok(())
}

/// Modulus and exponent.
fn rsa_numbers(der: &[u8]) -> x509_cert::der::Result<(Vec<u8>, Vec<u8>)> {
    use x509_cert::der::asn1::UintRef;
    use x509_cert::der::{Reader, SliceReader};
    let mut reader = SliceReader::new(der)?;
    reader.sequence(|inner: &mut SliceReader<'_>| -> x509_cert::der::Result<(Vec<u8>, Vec<u8>)> {
        let modulus = UintRef::decode(inner)?;
        let exponent = UintRef::decode(inner)?;
        Ok((modulus.as_bytes().to_vec(), exponent.as_bytes().to_vec()))
    })
}

/// Name and value of each part.
fn parts(name: &Name) -> impl Iterator<Item = (String, String)> {
    name.iter().map(|part| {
        let oid = part.oid.to_string();
        let known = match oid.as_str() {
            "2.5.4.3" => "CN",
            "2.5.4.4" => "SN",
            "2.5.4.5" => "serialNumber",
            "2.5.4.6" => "C",
            "2.5.4.7" => "L",
            "2.5.4.8" => "ST",
            "2.5.4.9" => "street",
            "2.5.4.10" => "O",
            "2.5.4.11" => "OU",
            "2.5.4.12" => "title",
            "2.5.4.42" => "GN",
            "1.2.840.113549.1.9.1" => "emailAddress",
            "0.9.2342.19200300.100.1.25" => "DC",
            "0.9.2342.19200300.100.1.1" => "UID",
            other => other,
        };
        (known.to_owned(), text(&part.value))
    })
}

fn text(value: &Any) -> String {
    let found = match value.tag() {
        Tag::PrintableString => value.decode_as::<PrintableStringRef<'_>>().map(|s| s.to_string()),
        Tag::Utf8String => value.decode_as::<Utf8StringRef<'_>>().map(|s| s.to_string()),
        Tag::Ia5String => value.decode_as::<Ia5StringRef<'_>>().map(|s| s.to_string()),
        Tag::TeletexString => value.decode_as::<TeletexStringRef<'_>>().map(|s| s.to_string()),
        Tag::BmpString => value.decode_as::<BmpString>().map(|s| s.to_string()),
        _ => return String::from_utf8_lossy(value.value()).into_owned(),
    };
    found.unwrap_or_default()
}

fn name_text(name: &Name) -> String {
    parts(name).map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("\n")
}

/// A part that is there more than once is a list.
fn name_object(name: &Name) -> Value {
    let mut object = Map::new();
    for (name, value) in parts(name) {
        match object.get_mut(&name) {
            None => drop(object.insert(name, value.into())),
            Some(Value::Array(list)) => list.push(value.into()),
            Some(first) => *first = json!([first.clone(), value]),
        }
    }
    object.into()
}

fn alternative_names(names: &[GeneralName]) -> String {
    let show = |name: &GeneralName| match name {
        GeneralName::DnsName(name) => format!("DNS:{}", name.as_str()),
        GeneralName::Rfc822Name(name) => format!("email:{}", name.as_str()),
        GeneralName::UniformResourceIdentifier(uri) => format!("URI:{}", uri.as_str()),
        GeneralName::IpAddress(address) => format!("IP Address:{}", ip(address.as_bytes())),
        GeneralName::DirectoryName(name) => {
            format!("DirName:{}", name_text(name).replace('\n', "/"))
        }
        GeneralName::RegisteredId(oid) => format!("Registered ID:{oid}"),
        _ => "othername:<unsupported>".to_owned(),
    };
    names.iter().map(show).collect::<Vec<_>>().join(", ")
}

fn ip(bytes: &[u8]) -> String {
    if let Ok(bytes) = <[u8; 4]>::try_from(bytes) {
        return Ipv4Addr::from(bytes).to_string();
    }
    match <[u8; 16]>::try_from(bytes) {
        Ok(bytes) => {
            let groups = Ipv6Addr::from(bytes).segments().map(|group| format!("{group:X}"));
            groups.join(":")
        }
        Err(_) => "<invalid>".to_owned(),
    }
}

/// `Nov 22 14:56:32 2026 GMT`
fn date(time: Time) -> String {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let date = time.to_date_time();
    let month = MONTHS[usize::from(date.month().clamp(1, 12)) - 1];
    format!(
        "{month} {:>2} {:02}:{:02}:{:02} {} GMT",
        date.day(),
        date.hour(),
        date.minutes(),
        date.seconds(),
        date.year()
    )
}

fn hex(bytes: &[u8], between: &str) -> String {
    let mut text = String::with_capacity(bytes.len() * (2 + between.len()));
    for (index, byte) in bytes.iter().enumerate() {
        if index > 0 {
            text.push_str(between);
        }
        let _ = write!(text, "{byte:02X}");
    }
    text
}
