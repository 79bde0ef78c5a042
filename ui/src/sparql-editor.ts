/** `<sparql-editor>` makes of the form in it an editor with examples and completion, and shows answers on the page. */

import "./sortable-table.ts";
import { button, element } from "./dom.ts";
import { counted, table } from "./sparql/answer.ts";
import { Editor } from "./sparql/editor.ts";
import { placeOf, shortened } from "./sparql/problem.ts";
import type { Problem } from "./sparql/problem.ts";
import { ask } from "./sparql/running.ts";
import type { Answer } from "./sparql/running.ts";
import { completionsOf } from "./sparql/terms.ts";

interface Example {
  readonly name: string;
  readonly summary: string;
  readonly tags?: readonly string[];
  readonly sparql?: string;
}

async function json(path: string): Promise<unknown> {
  const response = await fetch(path, { headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.json();
}

class SparqlEditor extends HTMLElement {
  private editor: Editor | undefined;
  private prefixes: Readonly<Record<string, string>> = {};
  private running: AbortController | undefined;
  /** The seconds that a query may take at most, as the server says; empty where it sets no limit. */
  private readonly most = this.getAttribute("seconds") ?? "";
  private readonly seconds = element("input", { type: "number", min: "1", step: "any", value: this.most, name: "timeout", ...(this.most === "" ? {} : { max: this.most }) });
  private readonly examples = element("select", { "aria-label": "Examples" }, element("option", { value: "" }, "Examples …"));
  private readonly runButton = button("Run", () => void this.run(), "Run (Control and Enter)");
  private readonly cancelButton = button("Cancel", () => this.running?.abort());
  private readonly progress = element("progress", { "aria-label": "Time that the query has taken" });
  private readonly status = element("p", { class: "counts", role: "status" });
  private readonly answer = element("section", { class: "answer", "aria-label": "Answer" });

  connectedCallback(): void {
    const form = this.querySelector("form");
    const field = form?.querySelector("textarea");
    if (form == null || field == null || this.editor !== undefined) return;
    const host = element("div", { class: "code" });
    field.hidden = true;
    field.after(host);
    for (const label of form.querySelectorAll("label[for]")) label.remove();
    for (const note of this.querySelectorAll(":scope > .note")) note.remove();
    this.editor = new Editor(host, field.value, {
      run: () => void this.run(),
      changed: (text) => {
        field.value = text;
        this.editor?.mark(undefined);
      },
    });
    form.prepend(this.tools());
    // What the form's own button does is still of use: the answer as a file.
    const save = form.querySelector("button[type=submit]");
    if (save !== null) save.textContent = "Save";
    this.append(this.progress, this.status, this.answer);
    this.idle();
    this.examples.addEventListener("change", () => {
      if (this.examples.value !== "") location.hash = new URLSearchParams({ example: this.examples.value }).toString();
    });
    window.addEventListener("hashchange", () => void this.follow());
    void this.prepare(host, field);
  }

  /** Read what the page can do without: prefixes, examples, and terms to complete; then what the address asks for. */
  private async prepare(host: HTMLElement, field: HTMLTextAreaElement): Promise<void> {
    await this.follow();
    const [page, queries, ontology] = await Promise.allSettled([json("/sparql-editor?format=json"), json("/queries?format=json"), json("/ontology?format=jsonld")]);
    if (page.status === "fulfilled") this.prefixes = (page.value as { prefixes: Record<string, string> }).prefixes;
    if (queries.status === "fulfilled") this.offer(queries.value as readonly Example[]);
    if (ontology.status === "fulfilled") {
      const graph = (ontology.value as { "@graph"?: Parameters<typeof completionsOf>[0] })["@graph"] ?? [];
      const namespaces = Object.keys(this.prefixes).map((prefix) => ({ label: `${prefix}:`, type: "namespace" }));
      this.editor?.offer([...completionsOf(graph), ...namespaces]);
    }
    field.value = this.editor?.text ?? field.value;
    host.dataset["ready"] = "true";
  }

  private offer(queries: readonly Example[]): void {
    const byTag = new Map<string, Example[]>();
    for (const query of queries) {
      if (query.sparql === undefined) continue;
      const tag = query.tags?.[0] ?? "others";
      byTag.set(tag, [...(byTag.get(tag) ?? []), query]);
    }
    const groups = [...byTag].sort(([one], [other]) => one.localeCompare(other, "en")).map(([tag, members]) => {
      const options = members.map(({ name, summary }) => element("option", { value: name }, `${name}: ${summary}`));
      return element("optgroup", { label: tag }, ...options);
    });
    this.examples.append(...groups);
  }

  private tools(): HTMLElement {
    const limit = element("label", {}, "Give up after ", this.seconds, " s");
    return element("div", { class: "tools" }, this.examples, this.runButton, this.cancelButton, limit);
  }

  /** Put the query of the address, or the example that it names, into the editor. */
  private async follow(): Promise<void> {
    const asked = new URLSearchParams(location.hash.slice(1));
    const query = asked.get("query");
    const example = asked.get("example");
    if (query !== null) this.put(query);
    else if (example !== null) {
      asked.delete("example");
      const response = await fetch(`/queries/${encodeURIComponent(example)}.rq?${asked}`);
      if (response.ok) this.put(await response.text());
      else this.fail({ title: `There is no example ${example}`, status: response.status });
    }
  }

  private put(text: string): void {
    if (this.editor !== undefined) this.editor.text = text;
  }

  private idle(): void {
    this.runButton.disabled = false;
    this.cancelButton.hidden = true;
    this.progress.hidden = true;
  }

  /** The seconds to give up after: what is asked for, or what the server allows where that is less or nothing is asked for. */
  private lowered(): string {
    const asked = Number(this.seconds.value);
    if (!(asked > 0) || (this.most !== "" && asked > Number(this.most))) this.seconds.value = this.most;
    return this.seconds.value;
  }

  private async run(): Promise<void> {
    const { editor } = this;
    if (editor === undefined || this.running !== undefined) return;
    const query = editor.text;
    history.replaceState(null, "", `#${new URLSearchParams({ query })}`);
    const limit = this.lowered();
    const running = new AbortController();
    this.running = running;
    this.runButton.disabled = true;
    this.cancelButton.hidden = false;
    this.progress.hidden = false;
    this.progress.removeAttribute("value");
    if (limit !== "") this.progress.max = Number(limit);
    editor.mark(undefined);
    this.answer.replaceChildren();
    const began = performance.now();
    const tick = (seconds: number): void => {
      if (limit !== "") this.progress.value = seconds;
      this.status.textContent = `Running for ${seconds.toFixed(1)} s${limit === "" ? "" : ` of at most ${limit} s`}.`;
    };
    tick(0);
    const answer = await ask(query, limit, running.signal, tick);
    this.running = undefined;
    this.idle();
    this.show(answer, (performance.now() - began) / 1000);
  }

  private show(answer: Answer, seconds: number): void {
    const took = `${seconds.toFixed(seconds < 1 ? 2 : 1)} s`;
    if (answer.kind === "cancelled") this.status.textContent = `Cancelled after ${took}; the server ends the query.`;
    else if (answer.kind === "problem") this.fail(answer.problem);
    else if (answer.kind === "graph") {
      this.status.textContent = `A graph, as Turtle; ${took}.`;
      this.answer.append(element("pre", { tabindex: "0" }, answer.turtle));
    } else {
      this.status.textContent = `${counted(answer.results)} ${took}.`;
      if (answer.results.boolean === undefined) this.answer.append(element("sortable-table", {}, table(answer.results, this.prefixes)));
    }
  }

  private fail(problem: Problem): void {
    const detail = problem.detail ?? "";
    const said = shortened(detail);
    this.status.textContent = "No answer.";
    const parts = [element("p", {}, element("strong", { class: "doubtful" }, said === "" ? problem.title : said))];
    if (problem.mend !== undefined) parts.push(element("p", {}, problem.mend));
    const box = element("div", { role: "alert" }, ...parts);
    if (said !== detail) box.append(element("details", {}, element("summary", {}, "The parser's own words"), element("pre", {}, detail)));
    this.answer.replaceChildren(box);
    this.editor?.mark(placeOf(detail), said);
  }
}

customElements.define("sparql-editor", SparqlEditor);
