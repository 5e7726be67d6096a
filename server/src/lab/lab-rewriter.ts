import type { LabRewriting, LabStore } from '@heddle/adapters/lab';
import type { LabRewrite, LanguageModel } from '@heddle/core';
import { queriesOfRewriting, usualRewriting } from '@heddle/nodes';
import { requestOfRewriting, type LabMoney } from './lab-spending.js';
import type { LabQuestion } from './plan-lab.js';

interface RewriterSources {
  readonly store: Pick<LabStore, 'rewritings' | 'addRewriting'>;
  readonly lab: string;
  /** Errors: `kill_switch`, `model_unknown`, `connection_not_found`. */
  readonly languageModel: (id: string) => Promise<LanguageModel>;
  readonly money: Pick<LabMoney, 'write'>;
  /** Milliseconds, only for measuring durations. */
  readonly now: () => number;
}

/**
 * Rewrites the questions of a lab. For each kind and model a question is rewritten only once, for all configurations and also after a
 * restart.
 */
export class LabRewriter {
  private readonly known = new Map<string, Map<string, LabRewriting>>();

  constructor(private readonly sources: RewriterSources) {}

  /**
   * The queries that a question is rewritten to; the question itself if the model writes nothing usable. Errors: those of `LabMoney.write`.
   */
  async rewrite(rewrite: LabRewrite, { row, text }: LabQuestion, signal: AbortSignal): Promise<LabRewriting> {
    const { store, lab, languageModel, money, now } = this.sources;
    const known = await this.knownOf(rewrite);
    const found = known.get(row);
    if (found !== undefined) return found;
    const question = text.trim();
    const model = await languageModel(rewrite.model);
    const begun = now();
    const { text: reply, cost } = await money.write(model, requestOfRewriting(question, rewrite), signal);
    const ms = now() - begun;
    const asked = { mode: rewrite.kind, count: usualRewriting.count };
    const rewriting = { row, queries: queriesOfRewriting(reply, question, asked) ?? [question], ms, cost };
    await store.addRewriting(lab, rewrite, rewriting);
    known.set(row, rewriting);
    return rewriting;
  }

  private async knownOf(rewrite: LabRewrite): Promise<Map<string, LabRewriting>> {
    const { store, lab } = this.sources;
    const key = JSON.stringify([rewrite.kind, rewrite.model]);
    const known =
      this.known.get(key) ?? new Map((await store.rewritings(lab, rewrite)).map((one) => [one.row, one] as const));
    this.known.set(key, known);
    return known;
  }
}
