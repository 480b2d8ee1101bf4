import { expect, test } from "bun:test";
import { FakeView } from "./fake-view.ts";
import { formatIndexPage } from "./index-page.ts";

const respond = () => new Response();

test("the page lists every method of every path, and links to what a browser can open", () => {
  const page = formatIndexPage(new FakeView(), [
    { path: "/healthz", summary: "Alive?", methods: { GET: respond } },
    { path: "/things/{id}", summary: "One.", methods: { GET: respond, DELETE: respond } },
  ]);
  expect(page).toContain('<tr><td>GET</td><td><a href="/healthz">/healthz</a></td><td>Alive?</td></tr>');
  expect(page).toContain("<tr><td>GET</td><td>/things/{id}</td><td>One.</td></tr>");
  expect(page).toContain("<tr><td>DELETE</td><td>/things/{id}</td><td>One.</td></tr>");
});

test("the page is text where text is put into it", () => {
  const view = new FakeView();
  view.version = '<img src="x">&';
  expect(formatIndexPage(view, [])).toContain("<h1>Sluice &lt;img src=&quot;x&quot;&gt;&amp;</h1>");
});
