// Asks SPARQL endpoints by Comunica: node ask.mjs QUERY ENDPOINT... prints solutions as SPARQL results in JSON, or N-Triples.
import { QueryEngine } from '@comunica/query-sparql';

const [query, ...endpoints] = process.argv.slice(2);
const sources = endpoints.map((value) => ({ type: 'sparql', value }));
const engine = new QueryEngine();
const answer = await engine.query(query, { sources });
const formats = { bindings: 'application/sparql-results+json', boolean: 'application/sparql-results+json', quads: 'application/n-triples' };
const { data } = await engine.resultToString(answer, formats[answer.resultType]);
data.pipe(process.stdout);
