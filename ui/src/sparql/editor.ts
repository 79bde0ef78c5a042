/** A text editor that knows SPARQL. It lives in a shadow root, where its styles need no style element. */

import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching, HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, setDiagnostics } from "@codemirror/lint";
import type { Transaction } from "@codemirror/state";
import { EditorView, highlightActiveLine, highlightSpecialChars, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { sparql } from "codemirror-lang-sparql";
import type { Place } from "./problem.ts";

const KEYWORDS = (
  "SELECT DISTINCT CONSTRUCT DESCRIBE ASK FROM NAMED WHERE GRAPH OPTIONAL UNION MINUS FILTER BIND VALUES EXISTS NOT " +
  "PREFIX BASE ORDER BY GROUP HAVING LIMIT OFFSET ASC DESC COUNT SUM MIN MAX AVG SAMPLE GROUP_CONCAT STR LANG LANGMATCHES " +
  "DATATYPE BOUND IRI CONTAINS STRSTARTS REGEX REPLACE LCASE COALESCE IF IN AS"
).split(" ");

const COLOURS = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--accent, var(--link))", fontWeight: "bold" },
  { tag: [tags.variableName, tags.special(tags.variableName)], color: "var(--link)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--high)" },
  { tag: [tags.number, tags.bool], color: "var(--medium)" },
  { tag: [tags.comment, tags.lineComment], color: "var(--soft)", fontStyle: "italic" },
]);

const THEME = EditorView.theme({
  "&": { color: "var(--ink)", backgroundColor: "var(--paper)", border: "1px solid var(--line)", borderRadius: "4px", fontSize: ".9rem" },
  "&.cm-focused": { outline: "2px solid var(--link)" },
  ".cm-scroller": { fontFamily: "ui-monospace, 'DejaVu Sans Mono', monospace", lineHeight: "1.5", minHeight: "14rem", maxHeight: "34rem" },
  ".cm-content": { caretColor: "var(--ink)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": { backgroundColor: "var(--words)", color: "var(--soft)", border: "none" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "color-mix(in srgb, var(--link) 8%, transparent)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { background: "color-mix(in srgb, var(--link) 25%, transparent)" },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "color-mix(in srgb, var(--link) 22%, transparent)" },
  ".cm-tooltip": { backgroundColor: "var(--paper)", color: "var(--ink)", border: "1px solid var(--line)" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "inherit", maxHeight: "16rem" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": { backgroundColor: "var(--link)", color: "var(--paper)" },
  ".cm-completionDetail": { fontStyle: "italic", opacity: "0.85" },
  ".cm-completionInfo": { maxWidth: "22rem", fontFamily: "system-ui, sans-serif", fontSize: ".85rem" },
  ".cm-lintRange-error": { backgroundImage: "none", textDecoration: "underline wavy var(--low)", textUnderlineOffset: "3px" },
  ".cm-diagnostic-error": { borderLeftColor: "var(--low)" },
});

/** Variables of the text, keywords and terms that go on from what is typed. */
function completer(terms: () => readonly Completion[]): (context: CompletionContext) => CompletionResult | null {
  const keywords = KEYWORDS.map((label): Completion => ({ label, type: "keyword" }));
  return (context) => {
    const variable = context.matchBefore(/[?$]\w*/);
    if (variable !== null) {
      const names = new Set(context.state.doc.toString().match(/[?$]\w+/g) ?? []);
      names.delete(variable.text);
      return { from: variable.from, options: [...names].map((label) => ({ label, type: "variable" })), validFor: /^[?$]\w*$/ };
    }
    const word = context.matchBefore(/[\w-]+:?[\w-]*/);
    if (word === null && !context.explicit) return null;
    return { from: word?.from ?? context.pos, options: [...terms(), ...keywords], validFor: /^[\w-]*:?[\w-]*$/ };
  };
}

/**
 * What is typed over a selection goes straight into the text. Chromium would join the lines itself, and give the line that is
 * left a style attribute, which the content security policy refuses with a word in the console.
 */
const TYPED_OVER = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const text = event.data;
    // Only Chromium has this; in a shadow root, the event's own ranges are empty.
    const selection = (view.root as { getSelection?: () => Selection | null }).getSelection?.();
    if (event.inputType !== "insertText" || event.isComposing || text === null || selection?.anchorNode == null || selection.focusNode === null) return false;
    const ends = [view.posAtDOM(selection.anchorNode, selection.anchorOffset), view.posAtDOM(selection.focusNode, selection.focusOffset)];
    const [from, to] = [Math.min(...ends), Math.max(...ends)];
    if (from === to) return false;
    const insert = (): Transaction =>
      view.state.update({ changes: { from, to, insert: text }, selection: { anchor: from + text.length }, userEvent: "input.type" });
    if (!view.state.facet(EditorView.inputHandler).some((handler) => handler(view, from, to, text, insert))) view.dispatch(insert());
    event.preventDefault();
    return true;
  },
});

export interface EditorEvents {
  run(): void;
  changed(text: string): void;
}

export class Editor {
  private readonly view: EditorView;
  private terms: readonly Completion[] = [];

  constructor(host: HTMLElement, text: string, events: EditorEvents) {
    const root = host.attachShadow({ mode: "open" });
    this.view = new EditorView({
      doc: text,
      root,
      parent: root,
      extensions: [
        lineNumbers(),
        lintGutter(),
        highlightSpecialChars(),
        history(),
        bracketMatching(),
        closeBrackets(),
        highlightActiveLine(),
        TYPED_OVER,
        sparql(),
        syntaxHighlighting(COLOURS),
        THEME,
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ "aria-label": "SPARQL query; Control and Enter run it" }),
        autocompletion({ override: [completer(() => this.terms)], maxRenderedOptions: 60 }),
        keymap.of([
          { key: "Mod-Enter", run: () => (events.run(), true) },
          ...closeBracketsKeymap,
          ...defaultKeymap,
          ...historyKeymap,
          ...completionKeymap,
        ]),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) events.changed(update.state.doc.toString());
        }),
      ],
    });
  }

  get text(): string {
    return this.view.state.doc.toString();
  }

  set text(text: string) {
    if (text === this.text) return;
    this.view.dispatch({ changes: { from: 0, to: this.view.state.doc.length, insert: text } });
  }

  offer(terms: readonly Completion[]): void {
    this.terms = terms;
  }

  /** Mark what is wrong at a place, and bring it into sight; without a place, nothing is marked. */
  mark(place: Place | undefined, message = ""): void {
    const { doc } = this.view.state;
    if (place === undefined) {
      this.view.dispatch(setDiagnostics(this.view.state, []));
      return;
    }
    const line = doc.line(Math.min(Math.max(place.line, 1), doc.lines));
    const at = Math.min(line.from + Math.max(place.column - 1, 0), line.to);
    // The parser points behind the last thing that it could read; with nothing there, the whole line is meant.
    const from = at === line.to ? line.from : at;
    this.view.dispatch(setDiagnostics(this.view.state, [{ from, to: line.to, severity: "error", message }]));
    this.view.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: "center" }) });
  }

  focus(): void {
    this.view.focus();
  }
}
