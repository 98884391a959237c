// @ts-check
// AstroCookies: `context.cookies`.
// Spec: astro-endpoints.md section 3.3.
//
// Invariant: nothing is parsed before the first read, nothing is kept before the first write. `#outgoing` holds, by
// name and in order of the first `set`, the raw value, the `Set-Cookie` text and whether the cookie now exists.

import { EPOCH_TEXT, parseCookies, setCookieText } from "transom:internal/app/cookie_text";
import { primordials } from "transom:internal/primordials";

const {
  Boolean, Error, JSONParse, JSONStringify, Map, MapPrototypeForEach, MapPrototypeGet, MapPrototypeSet,
  Number, ObjectFreeze, ObjectPrototypeToString,
} = primordials;
const { decodeURIComponent } = globalThis;

const DELETED = "deleted";

/** What `get` returns. */
class AstroCookie {
  constructor(value) {
    this.value = value;
  }

  json() {
    if (this.value === undefined) throw new Error("Cannot convert undefined to an object.");
    return JSONParse(this.value);
  }

  number() {
    return Number(this.value);
  }

  boolean() {
    if (this.value === "false" || this.value === "0") return false;
    return Boolean(this.value);
  }
}

/**
 * What the dispatcher needs of the inside.
 * @type {Record<string, Function>}
 */
export let cookiesInternals;

/** Cookies of one request and of its response. */
export class AstroCookies {
  /** Gives the text of the `Cookie` header, or null. */
  #source;
  /** Pairs of the header, or null before the first look. */
  #received = null;
  /** @type {Map<string, { value: string, text: string, present: boolean }> | null} */
  #outgoing = null;
  #consumed = false;

  /** @param {{ cookieHeader(): string | null } | Request} source a request, or what knows the header */
  constructor(source) {
    this.#source = source;
  }

  /** Removes a cookie from the browser. `maxAge` and `expires` in `options` do not count. */
  delete(key, options = undefined) {
    const attributes = options === undefined || options === null ? {} : { ...options };
    attributes.maxAge = undefined;
    attributes.expires = EPOCH;
    this.#write(key, DELETED, setCookieText(key, DELETED, attributes, undefined), false);
  }

  /** The cookie as this request set it, else as the browser sent it; undefined when absent or empty. */
  get(key, options = undefined) {
    const written = this.#outgoing === null ? undefined : MapPrototypeGet(this.#outgoing, key);
    if (written !== undefined) return written.present ? new AstroCookie(written.value) : undefined;
    const value = this.#values()[key];
    if (value === undefined || value === "") return undefined;
    const decode = options?.decode ?? decodeURIComponent;
    let decoded;
    try {
      decoded = decode(value);
    } catch {
      decoded = value;
    }
    return new AstroCookie(decoded);
  }

  /** Whether the cookie exists, the empty one included. */
  has(key, _options = undefined) {
    const written = this.#outgoing === null ? undefined : MapPrototypeGet(this.#outgoing, key);
    if (written !== undefined) return written.present;
    return this.#values()[key] !== undefined;
  }

  /** Sets a cookie. Objects without a `toString` of their own are sent as JSON. */
  set(key, value, options = undefined) {
    if (this.#consumed) warnConsumed();
    const text = typeof value === "string" ? value : valueText(value);
    this.#write(key, text, setCookieText(key, text, options, options?.encode), true);
  }

  /** Takes over what `cookies` has written, also over own cookies of the same name. */
  merge(cookies) {
    const theirs = cookies.#outgoing;
    if (theirs === null) return;
    MapPrototypeForEach(theirs, (entry, key) => this.#write(key, entry.value, entry.text, entry.present));
  }

  /** The `Set-Cookie` values in order. */
  *headers() {
    const texts = this.#texts();
    for (let i = 0; i < texts.length; i++) yield texts[i];
  }

  /** Like `headers`; a later `set` warns that it comes too late. */
  consume() {
    this.#consumed = true;
    return this.headers();
  }

  static consume(cookies) {
    return cookies.consume();
  }

  #write(key, value, text, present) {
    this.#outgoing ??= new Map();
    MapPrototypeSet(this.#outgoing, key, { value, text, present });
  }

  #values() {
    if (this.#received === null) {
      const source = this.#source;
      const header = typeof source.cookieHeader === "function" ? source.cookieHeader() : source.headers.get("cookie");
      this.#received = header === null || header === "" ? { __proto__: null } : parseCookies(header);
    }
    return this.#received;
  }

  #texts() {
    const texts = [];
    if (this.#outgoing !== null) {
      MapPrototypeForEach(this.#outgoing, (entry) => {
        texts[texts.length] = entry.text;
      });
    }
    return texts;
  }

  static {
    cookiesInternals = ObjectFreeze({
      is: (value) => typeof value === "object" && value !== null && #source in value,
      hasOutgoing: (cookies) => cookies.#outgoing !== null,
      /** The values for the wire; from now on a `set` comes too late. */
      take(cookies) {
        cookies.#consumed = true;
        return cookies.#texts();
      },
    });
  }
}

/** A Date of our own would share methods that a program may have replaced; the text is all that counts. */
const EPOCH = ObjectFreeze({ getUTCFullYear: () => 1970, toUTCString: () => EPOCH_TEXT });

/** The text of a value that is no string: its own `toString`, or JSON when it has only the one of every object. */
function valueText(value) {
  const text = value.toString();
  return text === ObjectPrototypeToString(value) ? JSONStringify(value) : text;
}

function warnConsumed() {
  console.warn(
    "Astro.cookies.set() was called after the cookies had already been sent to the browser.\n" +
      "This may have happened if this method was called in an imported component.\n" +
      "Please make sure that Astro.cookies.set() is only called in the frontmatter of the main page.",
  );
}
