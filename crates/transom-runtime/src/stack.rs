//! Stack traces in the author's terms: positions in bundled modules become positions in source files.

use std::fmt::Write as _;
use std::sync::Arc;

use transom_engine::Exception;

use crate::application::{Application, PREFIX};

/// One frame of a stack trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Frame {
    /// Name of the function; empty for the top level.
    pub(crate) function: String,
    /// Source file, relative to the project where it is known.
    pub(crate) file: String,
    /// 1-based.
    pub(crate) line: u32,
    /// 1-based.
    pub(crate) column: u32,
    /// Text of the source file, as far as the source map has it.
    pub(crate) source: Option<Arc<str>>,
}

/// The frames of an exception, built-in ones left out.
pub(crate) fn frames(exception: &Exception, applications: &[Arc<Application>]) -> Vec<Frame> {
    let parsed = exception.stack.lines().filter_map(parse);
    let mut frames: Vec<Frame> = parsed.filter_map(|frame| locate(frame, applications)).collect();
    if frames.is_empty()
        && let Some((file, line, column)) = &exception.position
    {
        let frame = Frame {
            function: String::new(),
            file: file.clone(),
            line: *line,
            column: *column,
            source: None,
        };
        frames.extend(locate(frame, applications));
    }
    frames
}

/// The innermost frame of a stack trace that is the program's own.
pub(crate) fn first_frame(stack: &str, applications: &[Arc<Application>]) -> Option<Frame> {
    stack.lines().filter_map(parse).find_map(|frame| locate(frame, applications))
}

/// The trace with the positions of bundled modules as positions in source files, in the same notation.
pub(crate) fn located(stack: &str, applications: &[Arc<Application>]) -> String {
    let mut text = String::new();
    for line in stack.lines() {
        let frame = parse(line).and_then(|frame| locate(frame, applications));
        let _infallible = match frame {
            Some(Frame { function, file, line, column, .. }) => {
                writeln!(text, "{function}@{file}:{line}:{column}")
            }
            None => writeln!(text, "{line}"),
        };
    }
    text
}

/// `function@file:line:column`, as SpiderMonkey writes it.
fn parse(line: &str) -> Option<Frame> {
    let (function, place) = line.rsplit_once('@').unwrap_or(("", line));
    let (place, column) = place.rsplit_once(':')?;
    let (file, line) = place.rsplit_once(':')?;
    let function = function.rsplit(['/', '*']).next().unwrap_or(function);
    Some(Frame {
        function: function.trim_end_matches('<').to_owned(),
        file: file.to_owned(),
        line: line.parse().ok()?,
        column: column.parse().ok()?,
        source: None,
    })
}

fn locate(mut frame: Frame, applications: &[Arc<Application>]) -> Option<Frame> {
    if !frame.file.starts_with(PREFIX) {
        return None; // Our own code, or the engine's.
    }
    let module = applications.iter().find_map(|application| application.modules.get(&frame.file));
    if let Some(map) = module.and_then(|module| module.map()) {
        let table = map.generate_lookup_table();
        let line = frame.line.saturating_sub(1);
        if let Some(token) =
            map.lookup_source_view_token(&table, line, frame.column.saturating_sub(1))
        {
            frame.line = token.get_src_line() + 1;
            frame.column = token.get_src_col() + 1;
            if let Some(source) = token.get_source() {
                frame.file = source.to_string();
            }
            frame.source = token.get_source_content().map(|text| Arc::from(text.to_string()));
            return Some(frame);
        }
    }
    frame.file = frame.file.trim_start_matches(PREFIX).to_owned();
    Some(frame)
}

/// The trace as text, one frame a line, as other engines write it.
pub(crate) fn to_text(frames: &[Frame]) -> String {
    let mut text = String::new();
    for frame in frames {
        let place = format!("{}:{}:{}", frame.file, frame.line, frame.column);
        let _infallible = match frame.function.as_str() {
            "" => writeln!(text, "    at {place}"),
            function => writeln!(text, "    at {function} ({place})"),
        };
    }
    text
}

/// The lines around a frame's position, with a marker below the column.
pub(crate) fn code_frame(frame: &Frame) -> Option<String> {
    const AROUND: u32 = 2;
    let source = frame.source.as_deref()?;
    let first = frame.line.saturating_sub(AROUND).max(1);
    let last = frame.line + AROUND;
    let width = last.to_string().len();
    let mut text = String::new();
    for (number, line) in (1u32..).zip(source.lines()).skip(first as usize - 1) {
        if number > last {
            break;
        }
        let marker = if number == frame.line { '>' } else { ' ' };
        let _infallible = writeln!(text, "{marker} {number:>width$} | {line}");
        if number == frame.line {
            let space: String = line
                .chars()
                .take(frame.column as usize - 1)
                .map(|c| if c == '\t' { '\t' } else { ' ' })
                .collect();
            let _infallible = writeln!(text, "  {:>width$} | {space}^", "");
        }
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_read_in_the_engines_notation() {
        let check = |line: &str, expected: Option<(&str, &str, u32, u32)>| {
            let frame = parse(line);
            let found = frame.as_ref().map(|frame| {
                (frame.function.as_str(), frame.file.as_str(), frame.line, frame.column)
            });
            assert_eq!(found, expected, "{line}");
        };
        check("GET@transom:app/a.js:3:7", Some(("GET", "transom:app/a.js", 3, 7)));
        check("@transom:app/a b.js:10:1", Some(("", "transom:app/a b.js", 10, 1)));
        check("async*load/inner<@x.js:1:2", Some(("inner", "x.js", 1, 2)));
        check("nothing", None);
    }

    #[test]
    fn a_trace_keeps_its_notation_and_the_lines_of_others() {
        let trace =
            "inner@transom:app/a.js:3:7\nrun@transom:internal/x:1:1\nGET@transom:app/b.js:9:1\n";
        let expected = "inner@a.js:3:7\nrun@transom:internal/x:1:1\nGET@b.js:9:1\n";
        assert_eq!(located(trace, &[]), expected);
        let first = first_frame("run@transom:internal/x:1:1\nGET@transom:app/b.js:9:1\n", &[]);
        assert_eq!(first.map(|frame| (frame.file, frame.line)), Some(("b.js".to_owned(), 9)));
        assert_eq!(first_frame("run@transom:internal/x:1:1", &[]), None);
    }

    #[test]
    fn a_code_frame_marks_the_column() {
        let frame = Frame {
            function: String::new(),
            file: "a.ts".into(),
            line: 2,
            column: 3,
            source: Some("one\n\ttwo\nthree\n".into()),
        };
        let text = code_frame(&frame).expect("the source is known");
        assert_eq!(text, "  1 | one\n> 2 | \ttwo\n    | \t ^\n  3 | three\n");
    }
}
