/** The sentences of the report, with where in the picture each belongs. */
import { listStatements, type Report, toldShare } from "../../src/index.ts";
import type { PageStatement } from "./page-data.ts";
import type { NodeFinder } from "./page-tables.ts";

export function listPageStatements(report: Report, find: NodeFinder, why: string): PageStatement[] {
  return listStatements(report).map(({ sentence, lines, also, address, answer }) => ({
    sentence,
    lines: [...lines, ...also.map((finding) => `also ${finding}`)],
    command: address === null ? "" : `${why} ${address}`,
    node: answer === null ? -1 : find.ofAnswer(answer),
    share: answer === null ? 0 : toldShare(answer, report),
  }));
}
