//! Compiled code in a file, so that a start need not parse what an earlier run has parsed: the engine's self-hosted
//! code, the built-in modules and those of a build.
//!
//! A file is only a help. One that is missing, of another build of the engine, or damaged is not used, and a module whose
//! text is not the one that was compiled is not found: then the engine compiles as it does without a file.
//!
//! | bytes | what |
//! | --- | --- |
//! | 8 | `transomc` |
//! | 8 | length of the index, in bytes |
//! | 8 | how much of the file is needed at start, in bytes from the beginning |
//! | 8 | checksum of the index and of the engine's identity |
//! | 40 each | index: key (16), offset (8), length (8), checksum (8) |
//! | | code, each piece at a multiple of 16 |
//!
//! Numbers are little-endian. Checksums are XXH3: they find damage, not malice. Whoever can write the file can write the
//! program beside it too.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::OnceLock;

use xxhash_rust::xxh3::{Xxh3, xxh3_64, xxh3_128};

use crate::raw::build_id;

const MAGIC: &[u8; 8] = b"transomc";
const HEADER: usize = 32;
const ENTRY: usize = 40;
/// The engine refers to encoded code in place, as to memory that it has allocated.
const ALIGNMENT: usize = 16;
/// Code that is needed at start is read at once; no file of ours comes near this.
const MOST_AT_START: u64 = 64 << 20;
/// The key of the engine's self-hosted code.
const SELF_HOSTED: u128 = 0;

/// Why a file of compiled code cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CodeCacheError {
    /// It cannot be read.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// It is damaged, or was written by another version.
    #[error("it is damaged, or of another version")]
    Unusable,
    /// The process uses one already.
    #[error("there is one in use")]
    Occupied,
}

struct CodeCache {
    file: File,
    at_start: &'static [u8],
    index: HashMap<u128, Entry>,
}

#[derive(Clone, Copy)]
struct Entry {
    offset: u64,
    length: u64,
    checksum: u64,
}

static IN_USE: OnceLock<CodeCache> = OnceLock::new();

/// Has the process take compiled code from the file at `path`, from the next isolate on. The file may be replaced or
/// removed later, but must not be changed.
///
/// # Errors
/// When it cannot be used, or there is one in use. Nothing is lost then but time.
pub fn use_code_cache(path: &Path) -> Result<(), CodeCacheError> {
    IN_USE.set(CodeCache::open(path)?).map_err(|_| CodeCacheError::Occupied)
}

/// The engine's self-hosted code.
pub(crate) fn self_hosted() -> Option<&'static [u8]> {
    IN_USE.get()?.find(SELF_HOSTED)
}

/// The code that was compiled from `text` as the module `file`.
pub(crate) fn find(file: &str, text: &str) -> Option<&'static [u8]> {
    let cache = IN_USE.get()?;
    cache.find(key(file, text))
}

fn key(file: &str, text: &str) -> u128 {
    let mut hash = Xxh3::new();
    hash.update(&(file.len() as u64).to_le_bytes());
    hash.update(file.as_bytes());
    hash.update(text.as_bytes());
    hash.digest128()
}

fn checksum_of_index(index: &[u8]) -> u64 {
    (xxh3_128(index) as u64) ^ xxh3_64(build_id().as_bytes())
}

impl CodeCache {
    fn open(path: &Path) -> Result<Self, CodeCacheError> {
        let mut file = File::open(path)?;
        let mut header = [0; HEADER];
        file.read_exact(&mut header)?;
        let number =
            |at: usize| u64::from_le_bytes(header[at..at + 8].try_into().unwrap_or_default());
        let (index_length, at_start, checksum) = (number(8), number(16), number(24));
        if &header[..8] != MAGIC
            || at_start > MOST_AT_START.min(file.metadata()?.len())
            || !index_length.is_multiple_of(ENTRY as u64)
            || index_length + HEADER as u64 > at_start
        {
            return Err(CodeCacheError::Unusable);
        }
        let whole = read_aligned(&file, 0, at_start)?;
        let index = &whole[HEADER..HEADER + index_length as usize];
        if checksum_of_index(index) != checksum {
            return Err(CodeCacheError::Unusable);
        }
        let entries = index.chunks_exact(ENTRY).map(|entry| {
            let number =
                |at: usize| u64::from_le_bytes(entry[at..at + 8].try_into().unwrap_or_default());
            let key = u128::from(number(0)) | u128::from(number(8)) << 64;
            (key, Entry { offset: number(16), length: number(24), checksum: number(32) })
        });
        Ok(Self { index: entries.collect(), at_start: whole, file })
    }

    fn find(&self, key: u128) -> Option<&'static [u8]> {
        let entry = self.index.get(&key)?;
        let end = entry.offset.checked_add(entry.length)?;
        let code = match self.at_start.get(entry.offset as usize..end as usize) {
            Some(code) => code,
            None => read_aligned(&self.file, entry.offset, entry.length).ok()?,
        };
        let whole = code.as_ptr().cast::<u128>().is_aligned() && xxh3_64(code) == entry.checksum;
        whole.then_some(code)
    }
}

/// Bytes of the file in memory that is never given back: the engine refers to it until the process ends.
fn read_aligned(file: &File, offset: u64, length: u64) -> io::Result<&'static [u8]> {
    let mut memory = vec![0u8; length as usize + ALIGNMENT];
    let skipped = memory.as_ptr().align_offset(ALIGNMENT);
    file.read_exact_at(&mut memory[skipped..skipped + length as usize], offset)?;
    Ok(&Vec::leak(memory)[skipped..skipped + length as usize])
}

/// Gathers compiled code for a file.
#[derive(Default)]
pub(crate) struct Gathered {
    at_start: Vec<(u128, Vec<u8>)>,
    later: Vec<(u128, Vec<u8>)>,
}

impl Gathered {
    pub(crate) fn self_hosted(&mut self, code: Vec<u8>) {
        self.at_start.push((SELF_HOSTED, code));
    }

    /// Code of a module that every start needs.
    pub(crate) fn at_start(&mut self, file: &str, text: &str, code: Vec<u8>) {
        self.at_start.push((key(file, text), code));
    }

    /// Code of a module that is needed at its first use.
    pub(crate) fn later(&mut self, file: &str, text: &str, code: Vec<u8>) {
        self.later.push((key(file, text), code));
    }

    /// The contents of the file.
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        let index_length = (self.at_start.len() + self.later.len()) * ENTRY;
        let mut bytes = vec![0; HEADER + index_length];
        let early = self.at_start.len();
        let mut at_start = bytes.len();
        for (number, (key, code)) in self.at_start.into_iter().chain(self.later).enumerate() {
            bytes.resize(bytes.len().next_multiple_of(ALIGNMENT), 0);
            let numbers = [bytes.len() as u64, code.len() as u64, xxh3_64(&code)];
            let entry = &mut bytes[HEADER + number * ENTRY..][..ENTRY];
            entry[..16].copy_from_slice(&key.to_le_bytes());
            for (place, number) in entry[16..].chunks_exact_mut(8).zip(numbers) {
                place.copy_from_slice(&number.to_le_bytes());
            }
            bytes.extend_from_slice(&code);
            if number < early {
                at_start = bytes.len();
            }
        }
        let checksum = checksum_of_index(&bytes[HEADER..HEADER + index_length]);
        bytes[..8].copy_from_slice(MAGIC);
        for (at, number) in [(8, index_length as u64), (16, at_start as u64), (24, checksum)] {
            bytes[at..at + 8].copy_from_slice(&number.to_le_bytes());
        }
        bytes
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;
    use std::sync::Arc;

    use super::*;
    use crate::{Isolate, IsolateOptions, ModuleLoader, ModuleSource, Scope, SharedCode};

    /// One module, whatever is asked for.
    struct One(Arc<SharedCode>);

    impl ModuleLoader for One {
        fn load(&self, specifier: &str, _referrer: &str) -> Result<ModuleSource, String> {
            Ok(ModuleSource {
                specifier: specifier.into(),
                url: "memory:one".into(),
                code: Arc::clone(&self.0),
            })
        }
    }

    const FILE: &str = "one.js";

    fn import(scope: &mut Scope<'_>, text: &'static str) -> (Option<f64>, String) {
        scope.set_module_loader(Rc::new(One(Arc::new(SharedCode::new(FILE, text)))));
        let (namespace, _) = scope.import(FILE).expect("a module");
        let used = scope.get(namespace, c"used").expect("exported");
        let used = scope.call(used, &[]).expect("runs").as_f64();
        let unused = scope.get(namespace, c"unused").expect("exported");
        let thrown = scope.call(unused, &[]).expect_err("throws");
        (used, thrown.exception().expect("an error").stack.clone())
    }

    /// The code of one text is filed under another one: only the engine's use of the file can make that show.
    #[test]
    fn modules_come_from_the_file_with_their_functions() {
        let text = "// A comment.\nexport const used = () => 1;\n  export function unused() { throw new Error('x'); }\n";
        let asked: &str = "export const used = () => 2; export function unused() { throw 3; }";
        let options = IsolateOptions { keep_code: true, ..IsolateOptions::default() };
        let mut isolate = Isolate::new(&options, Vec::new()).expect("starts");
        let realm = isolate.new_realm().expect("memory");
        let compiled = isolate.scope(&realm, |scope| import(scope, text));
        let further = Arc::new(SharedCode::new("further.js", "export const further = 1;"));
        let bytes = isolate.compiled_code(&realm, [further]);
        drop((realm, isolate));
        let (_folder, path) = file_with(&bytes);
        let cache = CodeCache::open(&path).expect("is usable");
        let find = |key| cache.find(key).map(<[u8]>::to_vec);
        let mut forged = Gathered::default();
        forged.self_hosted(find(SELF_HOSTED).expect("the engine gave its own code"));
        forged.at_start(FILE, asked, find(key(FILE, text)).expect("was loaded"));
        assert!(find(key("further.js", "export const further = 1;")).is_some());

        let (_folder, path) = file_with(&forged.into_bytes());
        use_code_cache(&path).expect("is usable");
        let mut isolate = Isolate::new(&IsolateOptions::default(), Vec::new()).expect("starts");
        let realm = isolate.new_realm().expect("memory");
        let (used, stack) = isolate.scope(&realm, |scope| import(scope, asked));
        assert_eq!((used, &stack), (Some(1.0), &compiled.1));
        assert!(stack.contains("one.js:3:"), "{stack}");
        // Self-hosted functions work too.
        let sorted = isolate.scope(&realm, |scope| {
            let sum = scope.eval("sum.js", "[3, 1, 2].toSorted().reduce((a, b) => a * 10 + b)");
            sum.expect("runs").as_f64()
        });
        assert_eq!(sorted, Some(123.0));
    }

    fn file_with(bytes: &[u8]) -> (tempfile::TempDir, std::path::PathBuf) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("code");
        std::fs::write(&path, bytes).expect("the folder is writable");
        (folder, path)
    }

    fn sample() -> Vec<u8> {
        let mut gathered = Gathered::default();
        gathered.later("b", "text of b", vec![2; 333]);
        gathered.self_hosted(vec![1; 77]);
        gathered.at_start("a", "text of a", vec![3; 50]);
        gathered.into_bytes()
    }

    #[test]
    fn what_was_gathered_is_found_by_name_and_text() {
        let (_folder, path) = file_with(&sample());
        let cache = CodeCache::open(&path).expect("is usable");
        assert_eq!(cache.find(SELF_HOSTED), Some(&[1; 77][..]));
        assert_eq!(cache.find(key("a", "text of a")), Some(&[3; 50][..]));
        assert_eq!(cache.find(key("b", "text of b")), Some(&[2; 333][..]));
        assert_eq!(cache.find(key("a", "another text")), None);
        assert_eq!(cache.find(key("at", "ext of a")), None);
    }

    #[test]
    fn damage_anywhere_is_noticed() {
        let whole = sample();
        for at in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[at] ^= 0x40;
            let (_folder, path) = file_with(&damaged);
            let Ok(cache) = CodeCache::open(&path) else { continue };
            let found = [
                cache.find(SELF_HOSTED).is_none_or(|code| code == [1; 77]),
                cache.find(key("a", "text of a")).is_none_or(|code| code == [3; 50]),
                cache.find(key("b", "text of b")).is_none_or(|code| code == [2; 333]),
            ];
            assert_eq!(found, [true; 3], "byte {at}");
        }
        for length in 0..whole.len() {
            let (_folder, path) = file_with(&whole[..length]);
            let Ok(cache) = CodeCache::open(&path) else { continue };
            assert!(cache.find(key("b", "text of b")).is_none(), "cut to {length}");
        }
    }
}
