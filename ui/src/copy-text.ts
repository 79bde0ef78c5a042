/** `<copy-text src="…">` copies what is at an address, such as a page as Markdown. The link in it serves without scripts. */

import { button, element } from "./dom.ts";

class CopyText extends HTMLElement {
  private readonly told = element("span", { class: "counts", role: "status" });

  connectedCallback(): void {
    const source = this.getAttribute("src");
    if (source === null || this.querySelector("button") !== null) return;
    this.append(button(this.getAttribute("label") ?? "Copy", () => void this.copy(source)), this.told);
  }

  private async copy(source: string): Promise<void> {
    try {
      const response = await fetch(source);
      if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
      await write(await response.text());
      this.told.textContent = " Copied.";
    } catch (error) {
      this.told.textContent = ` Not copied: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
}

/** Put text on the clipboard; over plain HTTP, where browsers have no clipboard for scripts, by the old way. */
async function write(text: string): Promise<void> {
  if (window.isSecureContext) return navigator.clipboard.writeText(text);
  const field = element("textarea", { class: "unseen" });
  field.value = text;
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  if (!done) throw new Error("the browser does not allow it");
}

customElements.define("copy-text", CopyText);
