/** A query that is being answered: how long it has been, and the way to end it. */

import { staying } from "../version.ts";
import type { Problem } from "./problem.ts";
import type { Results } from "./answer.ts";

export type Answer =
  | { readonly kind: "rows"; readonly results: Results }
  | { readonly kind: "graph"; readonly turtle: string }
  | { readonly kind: "problem"; readonly problem: Problem }
  | { readonly kind: "cancelled" };

const TICK = 100;

/** Ask the endpoint. When `signal` ends it, the connection is closed, and with nobody left to answer the server ends the query.
 * `tick` is told the seconds that have passed. */
export async function ask(query: string, seconds: string, signal: AbortSignal, tick: (seconds: number) => void): Promise<Answer> {
  const began = performance.now();
  const timer = setInterval(() => tick((performance.now() - began) / 1000), TICK);
  const body = new URLSearchParams({ query, ...(seconds === "" ? {} : { timeout: seconds }) });
  try {
    const response = await fetch(staying("/sparql"), {
      method: "POST",
      body,
      signal,
      headers: { Accept: "application/sparql-results+json, text/turtle;q=0.9, application/problem+json;q=0.5" },
    });
    if (!response.ok) return { kind: "problem", problem: await problemOf(response) };
    const type = response.headers.get("Content-Type") ?? "";
    if (type.startsWith("text/turtle")) return { kind: "graph", turtle: await response.text() };
    return { kind: "rows", results: (await response.json()) as Results };
  } catch (error) {
    if (signal.aborted) return { kind: "cancelled" };
    const detail = error instanceof Error ? error.message : String(error);
    return { kind: "problem", problem: { title: "The server cannot be reached", status: 0, detail } };
  } finally {
    clearInterval(timer);
  }
}

async function problemOf(response: Response): Promise<Problem> {
  try {
    return (await response.json()) as Problem;
  } catch {
    return { title: `${response.status} ${response.statusText}`, status: response.status };
  }
}
