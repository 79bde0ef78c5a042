/** Elements, made without markup: no text of a page or a record is ever read as HTML. */

type Child = Node | string;

/** Text with every character that only steers the display, such as a right-to-left override, told by name: the server does so
 * too. */
export function visible(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufeff]/g, (one) => `[U+${one.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}]`);
}

export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children.map((child) => (typeof child === "string" ? visible(child) : child)));
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
