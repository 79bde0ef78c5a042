/** Links from a page that was asked for at a version of the dataset: like the server's own, they stay on it. */

export function staying(path: string, search: string = globalThis.location?.search ?? ""): string {
  const version = new URLSearchParams(search).get("at");
  if (version === null) return path;
  return `${path}${path.includes("?") ? "&" : "?"}${new URLSearchParams({ at: version })}`;
}
