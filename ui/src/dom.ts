/** Elements, made without markup: no text of a page or a record is ever read as HTML. */

type Child = Node | string;

export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

export function button(label: string, act: () => void, title = ""): HTMLButtonElement {
  const made = element("button", { type: "button", ...(title === "" ? {} : { title, "aria-label": title }) }, label);
  made.addEventListener("click", act);
  return made;
}

/** Save bytes as a file of the user's. */
export function save(name: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  const link = element("a", { href: url, download: name });
  link.click();
  URL.revokeObjectURL(url);
}
