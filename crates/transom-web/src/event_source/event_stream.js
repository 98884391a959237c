// @ts-check
// The event stream format: text in, events out.
// Spec: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation

import { Decoder } from "transom:internal/encoding/decoder";
import { primordials } from "transom:internal/primordials";

const {
  RegExpPrototypeExec, StringPrototypeIncludes, StringPrototypeIndexOf, StringPrototypeSlice, unlink,
} = primordials;

const DIGITS = /^[0-9]+$/;

/** Interprets one stream. `sink` has `event(type, data, lastEventId)` and `retry(milliseconds)`. */
export class EventStreamParser {
  constructor(sink, lastEventId) {
    this.sink = sink;
    this.decoder = new Decoder("utf-8", false, false);
    this.rest = "";
    this.isAfterReturn = false;
    this.data = "";
    this.type = "";
    this.lastEventId = lastEventId;
  }

  /** Takes the next bytes; lines end with CR, LF or both. An event that is not complete at the end is dropped. */
  push(bytes) {
    let text = this.rest + this.decoder.decode(bytes, false);
    let begin = 0;
    for (let at = this.rest.length; at < text.length; at++) {
      const character = text[at];
      if (this.isAfterReturn) {
        this.isAfterReturn = false;
        if (character === "\n") {
          begin = at + 1;
          continue;
        }
      }
      if (character !== "\n" && character !== "\r") continue;
      this.line(StringPrototypeSlice(text, begin, at));
      begin = at + 1;
      this.isAfterReturn = character === "\r";
    }
    this.rest = StringPrototypeSlice(text, begin);
  }

  line(line) {
    if (line === "") {
      this.dispatch();
      return;
    }
    const colon = StringPrototypeIndexOf(line, ":");
    if (colon === 0) return;
    const field = colon < 0 ? line : StringPrototypeSlice(line, 0, colon);
    let value = colon < 0 ? "" : StringPrototypeSlice(line, colon + 1);
    if (value[0] === " ") value = StringPrototypeSlice(value, 1);
    if (field === "data") this.data += `${value}\n`;
    else if (field === "event") this.type = value;
    else if (field === "id" && !StringPrototypeIncludes(value, "\0")) this.lastEventId = value;
    else if (field === "retry" && RegExpPrototypeExec(DIGITS, value) !== null) this.sink.retry(+value);
  }

  /** https://html.spec.whatwg.org/multipage/server-sent-events.html#dispatchMessage */
  dispatch() {
    const { data, type } = this;
    this.data = "";
    this.type = "";
    this.sink.commit(this.lastEventId);
    if (data === "") return;
    this.sink.event(type === "" ? "message" : type, StringPrototypeSlice(data, 0, -1), this.lastEventId);
  }
}
unlink(EventStreamParser);
