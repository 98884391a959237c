// What node:vm and its kin print; the output of Node 22 is in vm.txt (see scripts/record-node-output.sh).

import vm from "node:vm";
import util from "node:util";
const S = (x) =>
  x instanceof Error ? `${x.name}|${x.code}|${x.message}` : typeof x === "string" ? x : util.inspect(x);
const log = (...a) => console.log(...a.map(S));
const T = (f) => {
  try {
    log(f());
  } catch (e) {
    log(e?.name === "SyntaxError" ? e.name : `${e?.name}:${e?.code}:${e?.message}`);
  }
};
log(vm.runInThisContext("1+1"), typeof vm.runInThisContext("(function(){return this})()"));
const s = { x: 2, f: (a) => a + 1, o: { k: 1 } };
vm.createContext(s);
log(vm.isContext(s), vm.isContext({}));
log(vm.runInContext("x*=2; var y=x+1; z=10; o.k++; f(x)", s));
log(s.x, s.y, s.z, s.o.k);
s.x = 100;
s.y = 50;
log(vm.runInContext("x+y", s));
log(vm.runInContext("typeof Array+typeof process+typeof globalThis.x", s));
log(vm.runInNewContext("a+b", { a: 1, b: 2 }));
T(() => vm.runInNewContext("throw new TypeError('in')"));
T(() => vm.runInNewContext("nope"));
T(() => new vm.Script("var a = ;", { filename: "f.js" }));
T(() => vm.runInContext("1", {}));
T(() => vm.isContext(5));
const sc = new vm.Script("n = (typeof n==='undefined'?0:n)+1");
const c1 = vm.createContext({}),
  c2 = vm.createContext({ n: 10 });
sc.runInContext(c1);
sc.runInContext(c1);
sc.runInContext(c2);
log(c1.n, c2.n);
const arr = vm.runInNewContext("[1,2]");
log(Array.isArray(arr), arr instanceof Array, arr.length);
log(vm.compileFunction("return a+b", ["a", "b"])(1, 2));
log(
  vm.runInNewContext("this.q=1; function g(){return q+1}; g()"),
  vm.runInNewContext("const k=5; let l=6; k+l")
);
log(await vm.runInNewContext("(async()=>{await null; return v})()", { v: "async" }));
T(() => vm.runInContext("Array=1; typeof Array", vm.createContext({})));
const g = vm.createContext({});
vm.runInContext("function decl(){return 'd'}; class K{}; var u;", g);
log(g.decl(), typeof g.K);
log(vm.runInContext("decl()+typeof K", g));
T(() => new vm.Script("x").runInThisContext());
log(new vm.Script("1//# sourceMappingURL=a.map").sourceMapURL, typeof vm.constants);
// Scripts that run for too long, and scripts within them.
T(() => vm.runInNewContext("for (;;);", {}, { timeout: 20 }));
T(() => vm.runInThisContext("while (true) {}", { timeout: 20 }));
T(() => new vm.Script("try { for (;;); } catch { 'caught' } finally { globalThis.after = 1; }").runInContext(s, { timeout: 20 }));
log("after" in s, vm.runInContext("x + 1", s, { timeout: 1000 }));
T(() => vm.runInNewContext("f()", { f: () => { for (;;); } }, { timeout: 20 }));
T(() => vm.runInNewContext("try { inner(); } catch (error) { error.code }", {
  inner: () => vm.runInNewContext("for (;;);", {}, { timeout: 20 }),
}, { timeout: 5000 }));
T(() => vm.runInNewContext("try { inner(); } catch (error) { error.code }", {
  inner: () => vm.runInNewContext("for (;;);", {}, { timeout: 5000 }),
}, { timeout: 20 }));
T(() => vm.runInNewContext("throw new RangeError('own')", {}, { timeout: 1000 }));
T(() => vm.runInNewContext("1", {}, { timeout: 0 }));
T(() => vm.runInNewContext("1", {}, { timeout: 1.5 }));
log(vm.runInNewContext("[1, 2].map((x) => x * 2).join()", {}, { timeout: 1000 }));
