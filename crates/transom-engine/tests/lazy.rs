//! What comes into being late: properties of the global object, and modules that script loads itself.

#[allow(dead_code, reason = "each test file uses a part of it")]
mod support;

use support::{Memory, install_ops, isolate, text};
use transom_engine::{Isolate, Realm};

fn evaluated(isolate: &mut Isolate, realm: &Realm, source: &str) -> String {
    isolate.scope(realm, |scope| {
        let value = scope.eval("test.js", source).expect("runs");
        text(scope, value)
    })
}

#[test]
fn lazy_globals_look_like_any_other_property() {
    let (mut isolate, realm) = isolate(vec![]);
    let define = "globalThis.made = [];
        ops.lazy_globals_set(['Alpha', 'Beta', 'Gamma', 'Broken'], (name) => {
            made.push(name);
            if (name === 'Broken') throw new RangeError('no ' + name);
            // The definition may look at its own name and at others.
            if (name === 'Gamma') Alpha;
            if (typeof globalThis[name] !== 'undefined') throw new Error('is there before it is made');
            Object.defineProperty(globalThis, name, { value: name.toLowerCase(), writable: true, configurable: true });
        }); 'set'";
    isolate.scope(&realm, install_ops);
    assert_eq!(evaluated(&mut isolate, &realm, define), "set");
    let steps = [
        ("made.join()", ""),
        ("typeof Delta", "undefined"),
        (
            "JSON.stringify(Object.getOwnPropertyDescriptor(globalThis, 'Beta'))",
            r#"{"value":"beta","writable":true,"enumerable":false,"configurable":true}"#,
        ),
        ("made.join()", "Beta"),
        ("Gamma + Gamma + ('Alpha' in globalThis)", "gammagammatrue"),
        ("made.join()", "Beta,Gamma,Alpha"),
        ("delete globalThis.Beta; typeof Beta", "undefined"),
        ("try { Broken } catch (error) { String(error) }", "RangeError: no Broken"),
        (
            "Object.getOwnPropertyNames(globalThis).filter((name) => /^(Alpha|Beta|Gamma)$/.test(name)).sort().join()",
            "Alpha,Gamma",
        ),
    ];
    for (source, expected) in steps {
        assert_eq!(evaluated(&mut isolate, &realm, source), expected, "{source}");
    }
}

#[test]
fn listing_the_global_object_defines_all_lazy_names() {
    let (mut isolate, realm) = isolate(vec![]);
    isolate.scope(&realm, install_ops);
    let set = "ops.lazy_globals_set(['One', 'Two'], (name) => { globalThis[name] = name; }); ''";
    evaluated(&mut isolate, &realm, set);
    let source = "globalThis.One = 'mine';
        Object.keys(globalThis).filter((name) => name === 'One' || name === 'Two').join() + One";
    assert_eq!(evaluated(&mut isolate, &realm, source), "One,Twomine");
}

#[test]
fn modules_are_loaded_by_script_once_and_at_once() {
    let (mut isolate, realm) = isolate(vec![]);
    isolate.scope(&realm, |scope| {
        scope.set_module_loader(Memory::new(&[
            (
                "good",
                "globalThis.loads = (globalThis.loads ?? 0) + 1; export const value = 'good';",
            ),
            ("late", "await new Promise(() => {}); export const value = 1;"),
            ("thrower", "throw new TypeError('on its way up');"),
            ("broken", "export const = 1;"),
            ("asks", "import { missing } from 'good';"),
        ]));
        install_ops(scope);
    });
    let outcome = "(specifier) => { try { const found = ops.module_load(specifier); return found ? found.value : String(found); } \
        catch (error) { return error.name + ': ' + error.message; } }";
    let source = format!(
        "const load = {outcome}; [load('good'), load('good'), loads, load('late'), load('thrower'), load('thrower'), \
         load('broken').split(':')[0], load('nowhere').slice(0, 27), load('asks').split(':')[0]].join('|')"
    );
    assert_eq!(
        evaluated(&mut isolate, &realm, &source),
        "good|good|1|undefined|TypeError: on its way up|TypeError: on its way up|SyntaxError|TypeError: cannot find modu|SyntaxError"
    );
}
