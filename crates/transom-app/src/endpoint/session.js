// @ts-check
// AstroSession: `context.session`.
// Spec: astro-endpoints.md section 3.5.
//
// Where sessions are stored is the other side's business: `ops.session_read(id)`,
// `ops.session_write(id, text, ttlMs, version)` and `ops.session_delete(id)`. A session that is only written to is not read before the request ends.
//
// Invariant: an id that a client sends is used for reading only; when nothing is stored under it, a fresh one takes
// its place.

import { createError } from "transom:internal/app/errors";
import { sessionText, sessionValue } from "transom:internal/app/session_text";
import { ops } from "transom:internal/ops";
import { primordials } from "transom:internal/primordials";

const {
  DateNow, Map, MapPrototypeDelete, MapPrototypeForEach, MapPrototypeGet, MapPrototypeGetSize, MapPrototypeHas,
  MapPrototypeKeys, MapPrototypeSet, MathMax, ObjectFreeze, RegExpPrototypeExec, Set, SetPrototypeAdd,
  SetPrototypeForEach, SetPrototypeHas, TypeError,
} = primordials;

const DEFAULT_COOKIE = "astro-session";
const COOKIE_NAME = /^[\w-]+$/;
const UUID_4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;
const SERIALIZABLE_HINT = "See the devalue library for all supported types: https://github.com/rich-harris/devalue";
const MS_PER_SECOND = 1000;

/**
 * What the pipeline needs of the inside.
 * @type {Record<string, Function>}
 */
export let sessionInternals;

/** The session of a request, or null when the project has switched sessions off. */
export function createSession(state) {
  const { session } = state.app.config;
  return session.enabled ? new AstroSession(state, session, state.app.isProduction) : null;
}

class AstroSession {
  #state;
  #ttl;
  #cookieName;
  #cookieOptions;
  /** @type {Map<string, { data: unknown, expires: number | undefined }> | null} */
  #data = null;
  #id = undefined;
  #idFromCookie = false;
  /** Stored sessions to remove. */
  #destroyed = new Set();
  /** Keys deleted before the stored data was read. */
  #deleted = new Set();
  #dirty = false;
  #cookieSet = false;
  /** Whether `#data` lacks what is stored. */
  #partial = true;
  /** Of what is stored under the id, as far as it was read; 0 for nothing. */
  #version = 0;

  constructor(state, config, isProduction) {
    this.#state = state;
    this.#ttl = config.ttl;
    const { name, ...options } = config.cookie ?? {};
    this.#cookieName = name ?? DEFAULT_COOKIE;
    this.#cookieOptions = { sameSite: "lax", secure: isProduction, path: "/", ...options, httpOnly: true };
  }

  /** The id, once there is one. */
  get sessionID() {
    return this.#id;
  }

  async get(key) {
    return MapPrototypeGet(await this.#ensureData(), key)?.data;
  }

  async has(key) {
    return MapPrototypeHas(await this.#ensureData(), key);
  }

  async keys() {
    return MapPrototypeKeys(await this.#ensureData());
  }

  async values() {
    const values = [];
    MapPrototypeForEach(await this.#ensureData(), (entry) => {
      values[values.length] = entry.data;
    });
    return values;
  }

  async entries() {
    const entries = [];
    MapPrototypeForEach(await this.#ensureData(), (entry, key) => {
      entries[entries.length] = [key, entry.data];
    });
    return entries;
  }

  delete(key) {
    this.#data ??= new Map();
    MapPrototypeDelete(this.#data, key);
    if (this.#partial) SetPrototypeAdd(this.#deleted, key);
    this.#dirty = true;
  }

  /** Keeps a copy of `value`. `ttl` is in seconds. */
  set(key, value, { ttl } = {}) {
    if (!key) throw createError("SessionStorageSaveError", "The session key was not provided.");
    let data;
    try {
      data = sessionValue(sessionText(value));
    } catch (cause) {
      throw createError("SessionStorageSaveError", `The session data for ${key} could not be serialized.`, {
        cause,
        hint: SERIALIZABLE_HINT,
      });
    }
    if (!this.#cookieSet) {
      this.#setCookie();
      this.#cookieSet = true;
    }
    const lifetime = ttl ?? this.#ttl;
    const expires = typeof lifetime === "number" ? DateNow() + lifetime * MS_PER_SECOND : undefined;
    this.#data ??= new Map();
    MapPrototypeSet(this.#data, key, { data, expires });
    this.#dirty = true;
  }

  /** Removes the session and its cookie. */
  destroy() {
    const sent = this.#state.cookies.get(this.#cookieName)?.value;
    const id = this.#id ?? (sent !== undefined && RegExpPrototypeExec(UUID_4, sent) !== null ? sent : undefined);
    if (id !== undefined) SetPrototypeAdd(this.#destroyed, id);
    this.#state.cookies.delete(this.#cookieName, this.#cookieOptions);
    this.#id = undefined;
    this.#version = 0;
    this.#data = null;
    this.#dirty = true;
  }

  /** Gives the session a new id and keeps its data. */
  async regenerate() {
    let data = new Map();
    try {
      data = await this.#ensureData();
    } catch (error) {
      this.#state.app.log("error", "session", `Failed to load session data during regeneration: ${error}`);
      this.#partial = false;
    }
    const old = this.#id;
    this.#id = ops.crypto_random_uuid();
    this.#version = 0;
    this.#idFromCookie = false;
    this.#data = data;
    this.#dirty = true;
    this.#setCookie();
    if (old !== undefined) SetPrototypeAdd(this.#destroyed, old);
  }

  /** Continues the session `id`, dropping changes to the current one. */
  async load(id) {
    this.#id = id;
    this.#data = null;
    this.#partial = true;
    this.#setCookie();
    await this.#ensureData();
  }

  #setCookie() {
    if (RegExpPrototypeExec(COOKIE_NAME, this.#cookieName) === null) {
      throw createError(
        "SessionStorageSaveError",
        "Invalid cookie name. Cookie names can only contain letters, numbers, and dashes.",
      );
    }
    this.#state.cookies.set(this.#cookieName, this.#ensureId(), this.#cookieOptions);
  }

  #ensureId() {
    if (this.#id === undefined) {
      const sent = this.#state.cookies.get(this.#cookieName)?.value;
      if (sent !== undefined && RegExpPrototypeExec(UUID_4, sent) !== null) {
        this.#id = sent;
        this.#idFromCookie = true;
      } else {
        this.#id = ops.crypto_random_uuid();
      }
    }
    return this.#id;
  }

  /** The data of the session, with what is stored. */
  async #ensureData() {
    if (this.#data !== null && !this.#partial) return this.#data;
    this.#data ??= new Map();
    if (this.#id === undefined && this.#state.cookies.get(this.#cookieName) === undefined) {
      this.#partial = false;
      return this.#data;
    }
    const { 0: stored, 1: version } = await ops.session_read(this.#ensureId());
    this.#version = version;
    const data = this.#data ?? (this.#data = new Map());
    if (stored === null) {
      if (this.#idFromCookie) {
        this.#id = ops.crypto_random_uuid();
        this.#version = 0;
        this.#idFromCookie = false;
        if (this.#cookieSet) this.#setCookie();
      }
      return data;
    }
    this.#merge(stored, data);
    this.#partial = false;
    return data;
  }

  /** Takes over stored entries that are neither changed nor deleted here, nor expired. */
  #merge(stored, data) {
    let map;
    try {
      map = sessionValue(stored);
      if (MapPrototypeGetSize(map) === undefined) throw new TypeError("not a map");
    } catch (cause) {
      this.destroy();
      throw createError("SessionStorageInitError", "The session data could not be parsed.", { cause });
    }
    const now = DateNow();
    MapPrototypeForEach(map, (entry, key) => {
      const isExpired = typeof entry.expires === "number" && entry.expires < now;
      if (!isExpired && !MapPrototypeHas(data, key) && !SetPrototypeHas(this.#deleted, key)) {
        MapPrototypeSet(data, key, entry);
      }
    });
  }

  /** Writes what has changed. Called once, when the answer is known and before it is sent. */
  async #persist() {
    if (this.#dirty && this.#data !== null) {
      const data = await this.#ensureData();
      SetPrototypeForEach(this.#deleted, (key) => MapPrototypeDelete(data, key));
      await ops.session_write(this.#ensureId(), sessionText(data), lifetimeMs(data), this.#version);
    }
    this.#dirty = false;
    const removals = [];
    SetPrototypeForEach(this.#destroyed, (id) => {
      removals[removals.length] = id;
    });
    for (let i = 0; i < removals.length; i++) {
      try {
        await ops.session_delete(removals[i]);
      } catch (error) {
        this.#state.app.log("error", "session", `Failed to remove session ${removals[i]}: ${error}`);
      }
    }
    this.#destroyed = new Set();
  }

  static {
    sessionInternals = ObjectFreeze({
      needsPersisting: (session) => session.#dirty || primordials.SetPrototypeGetSize(session.#destroyed) > 0,
      /** @returns {Promise<void>} */
      persist: (session) => session.#persist(),
    });
  }
}

/** How long the whole session is worth keeping, in milliseconds; null when an entry never expires. */
function lifetimeMs(data) {
  let latest = 0;
  let forever = MapPrototypeGetSize(data) === 0;
  MapPrototypeForEach(data, ({ expires }) => {
    if (typeof expires === "number") latest = MathMax(latest, expires);
    else forever = true;
  });
  return forever ? null : MathMax(0, latest - DateNow());
}
