import Handlebars from "handlebars";
import { assert, check } from "../check";

export const GET = check(() => {
  Handlebars.registerHelper("loud", (text) => text.toUpperCase());
  const template = Handlebars.compile("{{#each people}}<b>{{loud name}}</b>{{else}}nobody{{/each}}{{{raw}}}");
  assert.equal(template({ people: [{ name: "a&b" }], raw: "<i>" }), "<b>A&amp;B</b><i>");
  assert.equal(template({ people: [] }), "nobody");
});
