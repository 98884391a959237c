//! `require` where it is no call with a literal, and two corrections of names before rolldown looks at a module.
//!
//! `createRequire(import.meta.url)` makes an ES module's `require`. Its calls with a literal become calls of the global
//! `require`, which rolldown bundles; what else is done with it stays. A call of the global `require` with anything else
//! says which file asks. What such calls ask for is found at run time (`bundled_modules.rs`).
//!
//! `require.resolve` of a file beside the module becomes that file's path, which a package reads or hands on.
//!
//! rolldown names the function around a CommonJS file `require_` and the file's name, and makes room for it by giving
//! names with `$1` to the file's own variables of that name, without looking whether such a name is taken: compiled
//! packages have both. Those variables get names here that rolldown does not make.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use oxc::{
    allocator::Allocator,
    ast::{
        AstBuilder,
        ast::{
            Argument, BindingIdentifier, BindingPattern, CallExpression, Expression,
            IdentifierReference, ImportDeclarationSpecifier, Program, Statement,
            VariableDeclarator,
        },
    },
    ast_visit::{VisitMut, walk_mut},
    semantic::{Scoping, SemanticBuilder, SymbolId},
    span::GetSpan,
    syntax::operator::BinaryOperator,
};
use rolldown_ecmascript::{EcmaAst, WithMutFields};

/// The name under which rolldown bundles calls.
const REQUIRE: &str = "require";
/// The name that a module's own `require` gets for what is left of it.
const OWN_REQUIRE: &str = "requireAtRunTime";

/// A corrected module.
pub(crate) struct Corrected {
    pub(crate) ast: EcmaAst,
    /// Whether it may ask for modules whose names only running it tells; then it may ask for its place.
    pub(crate) asks_at_run_time: bool,
}

/// Corrects the names of a module; other modules come back as they are.
/// `folder` is the one that the module is in.
pub(crate) fn correct(mut ast: EcmaAst, folder: Option<&Path>) -> Corrected {
    let source = ast.source();
    let is_computed = has_computed_require(source);
    let makes_require = source.contains("createRequire");
    let has_taken_names = source.contains("require_") && source.contains('$');
    let resolves = source.contains("require.resolve");
    if !makes_require && !has_taken_names && !resolves && !is_computed {
        return Corrected { ast, asks_at_run_time: false };
    }
    ast.program.with_mut(|WithMutFields { program, allocator, .. }| {
        let scoping = SemanticBuilder::new().build(program).semantic.into_scoping();
        let mut names = Names::new(allocator, &scoping, folder.filter(|_| resolves));
        names.is_computed = is_computed;
        if makes_require {
            names.find_makers(program);
            names.visit_program(program);
            // A call inside of another variable of that name would be lost.
            let others =
                scoping.symbol_ids().filter(|id| scoping.symbol_name(*id) == REQUIRE).count();
            let own = names.requires.iter().filter(|id| scoping.symbol_name(**id) == REQUIRE);
            if others > own.count() {
                names.requires.clear();
                names.makers.clear();
            }
        }
        names.find_renamed();
        names.finding = false;
        if names.has_work() {
            names.visit_program(program);
        }
    });
    Corrected { ast, asks_at_run_time: makes_require || is_computed }
}

/// Whether a text calls `require` with anything but a literal.
pub(crate) fn has_computed_require(source: &str) -> bool {
    source.split("require(").skip(1).any(|call| {
        let argument = call.trim_start();
        let Some(quote) = argument.chars().next().filter(|c| matches!(c, '"' | '\'' | '`')) else {
            return !argument.is_empty() && !argument.starts_with(')');
        };
        let Some((text, rest)) = argument[1..].split_once(quote) else { return false };
        let is_whole = rest.trim_start().starts_with([')', ',']);
        !is_whole || (quote == '`' && text.contains("${"))
    })
}

/// Whether rolldown knows what a call with this argument asks for.
fn is_literal(argument: &Argument<'_>) -> bool {
    match argument {
        Argument::StringLiteral(_) => true,
        Argument::TemplateLiteral(text) => text.expressions.is_empty(),
        _ => false,
    }
}

/// What `require` is where it cannot be bundled: `node:module` looks for what the file `from` asks for.
const REQUIRE_AT_RUN_TIME: &str = r#"
export var __require = /* @__PURE__ */ (() => {
  const real = (from) => process.getBuiltinModule("node:module").createRequire(from ?? import.meta.url);
  const require = (id, from) => real(from)(id);
  require.resolve = (id, options) => real().resolve(id, options);
  require.cache = {};
  require.extensions = {};
  require.main = undefined;
  return require;
})();
"#;

/// rolldown's runtime module with that `require`; `None` when it is not as expected.
pub(crate) fn runtime(code: &str) -> Option<String> {
    let at = code.find("export var __require = ")?;
    let end = code[at..].find("\n  });").map(|length| at + length + "\n  });".len())?;
    Some(format!("{}{}{}", &code[..at], REQUIRE_AT_RUN_TIME.trim(), &code[end..]))
}

struct Names<'a, 's> {
    builder: AstBuilder<'a>,
    scoping: &'s Scoping,
    /// Where files lie that `require.resolve` may name.
    folder: Option<&'s Path>,
    /// Whether the variables are being looked for, before anything changes.
    finding: bool,
    /// Whether `require` is called with more than literals.
    is_computed: bool,
    /// Variables that are `createRequire`.
    makers: HashSet<SymbolId>,
    /// Variables that are what it made for the module itself.
    requires: HashSet<SymbolId>,
    renamed: HashMap<SymbolId, String>,
}

impl<'a, 's> Names<'a, 's> {
    fn new(allocator: &'a Allocator, scoping: &'s Scoping, folder: Option<&'s Path>) -> Self {
        Self {
            builder: AstBuilder::new(allocator),
            scoping,
            folder,
            finding: true,
            is_computed: false,
            makers: HashSet::new(),
            requires: HashSet::new(),
            renamed: HashMap::new(),
        }
    }

    fn find_makers(&mut self, program: &Program<'a>) {
        for statement in &program.body {
            let Statement::ImportDeclaration(import) = statement else { continue };
            if !matches!(import.source.value.as_str(), "module" | "node:module") {
                continue;
            }
            for specifier in import.specifiers.iter().flatten() {
                if let ImportDeclarationSpecifier::ImportSpecifier(specifier) = specifier
                    && specifier.imported.name() == "createRequire"
                {
                    self.makers.extend(specifier.local.symbol_id.get());
                }
            }
        }
    }

    fn find_renamed(&mut self) {
        for id in self.scoping.symbol_ids() {
            let name = self.scoping.symbol_name(id);
            if self.requires.contains(&id) && name == REQUIRE {
                self.renamed.insert(id, OWN_REQUIRE.to_owned());
            } else if name.starts_with("require_") && name.contains('$') {
                self.renamed.insert(id, format!("own_{}", name.replace('$', "_of_")));
            }
        }
    }

    fn has_work(&self) -> bool {
        self.is_computed
            || self.folder.is_some()
            || !self.requires.is_empty()
            || !self.makers.is_empty()
            || !self.renamed.is_empty()
    }

    /// What `require.resolve` is called with in `expression`, if it is the path of a file beside the module.
    fn resolved(&self, expression: &Expression<'a>) -> Option<String> {
        let Expression::CallExpression(call) = expression else { return None };
        let Expression::StaticMemberExpression(callee) = &call.callee else { return None };
        let Expression::Identifier(object) = &callee.object else { return None };
        let [Argument::StringLiteral(path)] = call.arguments.as_slice() else { return None };
        let is_own = match self.symbol_of(object) {
            Some(symbol) => self.requires.contains(&symbol),
            None => object.name == REQUIRE,
        };
        let path = path.value.as_str();
        let is_beside = path.starts_with("./") || path.starts_with("../");
        (is_own && callee.property.name == "resolve" && is_beside)
            .then(|| self.folder.is_some_and(|folder| folder.join(path).is_file()))?
            .then(|| format!("/{}", path.strip_prefix("./").unwrap_or(path)))
    }

    fn symbol_of(&self, reference: &IdentifierReference<'_>) -> Option<SymbolId> {
        self.scoping.get_reference(reference.reference_id.get()?).symbol_id()
    }

    /// Whether `expression` is `createRequire` called for the module itself.
    fn is_made(&self, expression: &Expression<'_>) -> bool {
        let Expression::CallExpression(call) = expression else { return false };
        let is_maker = match &call.callee {
            Expression::Identifier(callee) => {
                self.symbol_of(callee).is_some_and(|id| self.makers.contains(&id))
            }
            Expression::StaticMemberExpression(member) => member.property.name == "createRequire",
            _ => false,
        };
        is_maker
            && match call.arguments.as_slice() {
                [Argument::StaticMemberExpression(member)] => {
                    matches!(member.object, Expression::MetaProperty(_))
                        && matches!(member.property.name.as_str(), "url" | "filename")
                }
                [Argument::Identifier(name)] => name.name == "__filename",
                _ => false,
            }
    }
}

impl<'a> VisitMut<'a> for Names<'a, '_> {
    fn visit_variable_declarator(&mut self, declarator: &mut VariableDeclarator<'a>) {
        if self.finding
            && let BindingPattern::BindingIdentifier(name) = &declarator.id
            && declarator.init.as_ref().is_some_and(|init| self.is_made(init))
        {
            self.requires.extend(name.symbol_id.get());
        }
        walk_mut::walk_variable_declarator(self, declarator);
    }

    fn visit_expression(&mut self, expression: &mut Expression<'a>) {
        if !self.finding
            && let Some(path) = self.resolved(expression)
        {
            let span = expression.span();
            let folder = self.builder.expression_identifier(span, "__dirname");
            let path = self.builder.expression_string_literal(span, self.builder.str(&path), None);
            *expression =
                self.builder.expression_binary(span, folder, BinaryOperator::Addition, path);
            return;
        }
        walk_mut::walk_expression(self, expression);
    }

    fn visit_call_expression(&mut self, call: &mut CallExpression<'a>) {
        let [argument] = call.arguments.as_slice() else {
            return walk_mut::walk_call_expression(self, call);
        };
        let is_literal = is_literal(argument);
        if !self.finding
            && !is_literal
            && let Expression::Identifier(callee) = &call.callee
            && callee.name == REQUIRE
            && self.symbol_of(callee).is_none()
        {
            // The function that rolldown puts there is that of all modules.
            let file = self.builder.expression_identifier(call.span, "__filename");
            call.arguments.push(file.into());
        }
        if !self.finding && is_literal {
            let is_own = match &call.callee {
                Expression::Identifier(callee) => {
                    self.symbol_of(callee).is_some_and(|id| self.requires.contains(&id))
                }
                other => !self.makers.is_empty() && self.is_made(other),
            };
            if is_own {
                call.callee = self.builder.expression_identifier(call.span, REQUIRE);
                return;
            }
        }
        walk_mut::walk_call_expression(self, call);
    }

    fn visit_identifier_reference(&mut self, reference: &mut IdentifierReference<'a>) {
        if let Some(name) = self.symbol_of(reference).and_then(|id| self.renamed.get(&id)) {
            reference.name = self.builder.ident(name);
        }
    }

    fn visit_binding_identifier(&mut self, binding: &mut BindingIdentifier<'a>) {
        if let Some(name) = binding.symbol_id.get().and_then(|id| self.renamed.get(&id)) {
            binding.name = self.builder.ident(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_with_more_than_a_literal_are_seen() {
        for source in [
            "require(name)",
            "require( `./${x}`)",
            "require('a'); require(\n'b' + c)",
            "require('a')+require(e)",
        ] {
            assert!(has_computed_require(source), "{source}");
        }
        for source in ["require('a')", "require( \"b\" )", "require(`c`)", "require()", "nothing"] {
            assert!(!has_computed_require(source), "{source}");
        }
    }
}
