/** The colours of the page, which are light or dark. */

export interface Palette {
  readonly ink: string;
  readonly soft: string;
  readonly paper: string;
  readonly line: string;
  readonly link: string;
  readonly shade: string;
  readonly High: string;
  readonly Medium: string;
  readonly Low: string;
}

export function paletteOf(element: Element): Palette {
  const style = getComputedStyle(element);
  const read = (name: string, otherwise: string): string => style.getPropertyValue(name).trim() || otherwise;
  return {
    ink: read("--ink", "#1d2430"),
    soft: read("--soft", "#5a6472"),
    paper: read("--paper", "#fdfcf9"),
    line: read("--line", "#d9d6cc"),
    link: read("--link", "#1b5e8c"),
    shade: read("--words", "#f5f1e6"),
    High: read("--high", "#1c6b3c"),
    Medium: read("--medium", "#80580a"),
    Low: read("--low", "#a3231f"),
  };
}

/** How sure a thing is shows in its line as well as in its colour. */
export const DASHES = { High: [], Medium: [6, 3], Low: [2, 3] } as const;
