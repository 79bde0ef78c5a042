/** `<trace-graph src="…">` draws a trace in layers. The list that the server wrote beside it says the same in words. */

import { button, element, save } from "./dom.ts";
import { Canvas } from "./graph/canvas.ts";
import { controls } from "./graph/controls.ts";
import { filtered, isFiltered, noFilters, readFilters, writeFilters } from "./graph/filters.ts";
import type { Filters } from "./graph/filters.ts";
import { drawing } from "./graph/groups.ts";
import type { Drawing } from "./graph/groups.ts";
import { laidOut, stepped } from "./graph/layout.ts";
import type { Layout } from "./graph/layout.ts";
import { cone, neighbours } from "./graph/model.ts";
import type { Graph, Neighbours } from "./graph/model.ts";
import { facts, pageOf, panel } from "./graph/panel.ts";
import { paletteOf } from "./graph/palette.ts";
import { svg } from "./graph/svg.ts";

const KEYS = "Arrow keys lead to neighbours, Enter opens the page, Escape lets go, plus and minus zoom, 0 shows all.";

class TraceGraph extends HTMLElement {
  private graph: Graph | undefined;
  private filters: Filters = noFilters();
  private drawing: Drawing = { nodes: [], links: [], grouped: [] };
  private layout: Layout | undefined;
  private near: Neighbours = neighbours([]);
  private canvas: Canvas | undefined;
  private at: string | undefined;
  private readonly dark = matchMedia("(prefers-color-scheme: dark)");
  private readonly filterPlace = element("details", { class: "filter-place" }, element("summary", {}, "Show only"));
  private readonly status = element("p", { class: "counts", role: "status" });
  private readonly spoken = element("p", { class: "unseen", "aria-live": "polite" });
  private readonly words = element("aside", { class: "words", "aria-label": "The words behind what is chosen" });
  private readonly stage = element("div", {
    class: "stage",
    tabindex: "0",
    role: "application",
    "aria-roledescription": "graph",
    "aria-label": `The trace as a graph in layers. ${KEYS} The same is below as a list.`,
  });

  async connectedCallback(): Promise<void> {
    const source = this.getAttribute("src");
    if (source === null || this.graph !== undefined) return;
    this.replaceChildren(element("p", { class: "counts", role: "status" }, "Reading the graph …"));
    try {
      const response = await fetch(source, { headers: { Accept: "application/json" } });
      if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
      this.show((await response.json()) as Graph);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.replaceChildren(element("p", { class: "doubtful", role: "alert" }, `The graph cannot be drawn: ${reason}. The list below says the same.`));
    }
  }

  disconnectedCallback(): void {
    this.dark.removeEventListener("change", this.recolour);
    window.removeEventListener("hashchange", this.follow);
    this.canvas?.destroy();
  }

  private show(graph: Graph): void {
    this.graph = graph;
    this.replaceChildren(this.filterPlace, this.tools(), this.status, element("div", { class: "pane" }, this.stage, this.words), this.spoken);
    this.words.append(element("p", { class: "counts" }, `Point at something to read the words behind it. ${KEYS}`));
    this.canvas = new Canvas(this.stage, paletteOf(this), { over: (id) => this.point(id), choose: (id) => this.choose(id) });
    this.stage.addEventListener("keydown", (event) => this.press(event));
    this.dark.addEventListener("change", this.recolour);
    window.addEventListener("hashchange", this.follow);
    new ResizeObserver(() => this.canvas?.resized()).observe(this.stage);
    this.follow();
    this.filterPlace.open = isFiltered(this.filters);
  }

  private tools(): HTMLElement {
    return element(
      "div",
      { class: "tools", role: "toolbar", "aria-label": "Picture" },
      button("+", () => this.canvas?.zoom(1.4), "Zoom in"),
      button("−", () => this.canvas?.zoom(1 / 1.4), "Zoom out"),
      button("Show all", () => this.canvas?.fit()),
      button("SVG", () => this.saveSvg(), "Save as SVG"),
      button("PNG", () => void this.savePng(), "Save as PNG"),
    );
  }

  private readonly recolour = (): void => this.canvas?.recolour(paletteOf(this));

  /** Show what the address asks for. */
  private readonly follow = (): void => {
    if (this.graph === undefined) return;
    this.filters = readFilters(location.hash);
    this.filterPlace.querySelector("form")?.remove();
    this.filterPlace.append(controls(this.graph, this.filters, (filters) => this.narrow(filters)));
    this.draw(this.graph);
  };

  private narrow(filters: Filters): void {
    this.filters = filters;
    const fragment = writeFilters(filters);
    history.replaceState(null, "", fragment === "" ? location.pathname + location.search : `#${fragment}`);
    if (this.graph !== undefined) this.draw(this.graph);
  }

  private draw(graph: Graph): void {
    const part = filtered(graph, this.filters);
    this.drawing = drawing(part);
    this.layout = laidOut(this.drawing, graph.layers);
    this.near = neighbours(this.drawing.links);
    this.at = undefined;
    // As high as it has to be to fill the width; the style sheet sets the bounds.
    this.stage.style.aspectRatio = `${this.layout.width + 40} / ${this.layout.height + 120}`;
    this.canvas?.draw(this.drawing, this.layout);
    this.dataset["nodes"] = String(part.nodes.length);
    this.dataset["drawn"] = String(this.drawing.nodes.length);
    this.status.textContent = this.counted(graph, part);
  }

  private counted(graph: Graph, part: Graph): string {
    const number = (count: number): string => count.toLocaleString("en");
    const shown = `${number(part.nodes.length)} of ${number(graph.nodes.length)} nodes, ${number(part.links.length)} of ${number(graph.links.length)} links.`;
    if (part.nodes.length === 0) return `${shown} No path from the argument to a report suits all of this.`;
    if (this.drawing.grouped.length === 0) return shown;
    const layers = graph.layers.filter((layer) => this.drawing.grouped.includes(layer.id)).map((layer) => layer.label.toLowerCase());
    return `${shown} That is more than can be read: ${layers.join(", ")} are grouped by category, country or discourse. Choose a group to see its members.`;
  }

  /** Tell of a node that is pointed at; of the one that has the focus, where none is. */
  private point(id: string | undefined): void {
    const told = id ?? this.at;
    this.canvas?.light(told === undefined ? undefined : cone(told, this.near), this.at);
    const drawn = this.drawing.nodes.find((node) => node.id === told);
    if (drawn !== undefined && this.graph !== undefined) this.words.replaceChildren(...panel(drawn, this.graph));
    this.stage.classList.toggle("over", id !== undefined);
  }

  private choose(id: string): void {
    const drawn = this.drawing.nodes.find((node) => node.id === id);
    if (drawn === undefined) return;
    if (drawn.node !== undefined) {
      location.assign(pageOf(drawn.node.id));
    } else if (drawn.narrows !== undefined) {
      const { dimension, value } = drawn.narrows;
      this.narrow({ ...this.filters, [dimension]: new Set([value]) });
      this.filterPlace.open = true;
      this.follow();
    }
  }

  private press(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" && this.at !== undefined) this.choose(this.at);
    else if (event.key === "Escape") this.move(undefined);
    else if (event.key === "+" || event.key === "=") this.canvas?.zoom(1.4);
    else if (event.key === "-") this.canvas?.zoom(1 / 1.4);
    else if (event.key === "0") this.canvas?.fit();
    else if (/^(Arrow(Up|Down|Left|Right)|Home|End)$/.test(event.key)) this.step(event.key);
    else return;
    event.preventDefault();
  }

  private step(key: string): void {
    if (this.layout === undefined) return;
    // The first step is onto the highest thing there is.
    const first = this.layout.columns.at(-1)?.ids[0];
    const next = this.at === undefined ? first : stepped(this.at, key, this.layout, this.drawing);
    if (next !== undefined) this.move(next);
    else this.spoken.textContent = key === "ArrowLeft" ? "It rests on nothing further." : "Nothing further.";
  }

  private move(id: string | undefined): void {
    this.at = id;
    this.dataset["at"] = id ?? "";
    this.point(undefined);
    const drawn = this.drawing.nodes.find((node) => node.id === id);
    if (id === undefined || drawn === undefined || this.graph === undefined) return;
    this.canvas?.show(id);
    this.spoken.textContent = `${drawn.label}. ${facts(drawn, this.graph)}.`;
  }

  private name(extension: string): string {
    return `${(this.graph?.start ?? "trace").replaceAll("/", "-")}.${extension}`;
  }

  private saveSvg(): void {
    if (this.graph === undefined || this.layout === undefined) return;
    const picture = svg(this.graph.label, this.drawing, this.layout, paletteOf(this));
    save(this.name("svg"), new Blob([picture], { type: "image/svg+xml" }));
  }

  private async savePng(): Promise<void> {
    const picture = await this.canvas?.png(paletteOf(this).paper);
    if (picture !== undefined) save(this.name("png"), picture);
  }
}

customElements.define("trace-graph", TraceGraph);
