import type { ModelResultStore } from '@heddle/adapters/experiments';
import type { ModelCalls } from '@heddle/adapters/routing';
import { HeddleError, withoutUndefined, type ModelReport } from '@heddle/core';
import type { ModelService } from '../models/model.service.js';

const mostResults = 200;

/** What the reader of a report may see. */
interface ReportView {
  mayUse(kind: 'model' | 'connection', id: string): boolean;
  shows(kind: 'experiment', id: string): boolean;
}

/** The results of this server's runs and experiments for a model. */
export class ModelReportService {
  constructor(
    private readonly models: Pick<ModelService, 'list'>,
    private readonly results: ModelResultStore,
    private readonly calls: Pick<ModelCalls, 'latency'>,
  ) {}

  /** Only of experiments that the caller may read. Errors: `model_unknown`, also for a model that the caller may not use. */
  async report(id: string, view: ReportView): Promise<ModelReport> {
    const slash = id.indexOf('/');
    const isLocal = slash < 0;
    const mayUse = isLocal ? view.mayUse('model', id) : view.mayUse('connection', id.slice(0, slash));
    if (!mayUse) throw unknownModel(id);
    const model = isLocal ? (await this.models.list()).find(({ card }) => card.id === id) : undefined;
    const latency = await this.calls.latency(id);
    const { results, hasMore } = await this.results.of(
      id,
      (experiment) => view.shows('experiment', experiment),
      mostResults,
    );
    // A model of a connection is known once it was used.
    if (model === undefined && (isLocal || (latency === undefined && results.length === 0))) throw unknownModel(id);
    return { id, ...withoutUndefined({ model, latency }), results: [...results], hasMore };
  }
}

const unknownModel = (id: string): HeddleError =>
  new HeddleError('model_unknown', `There is no model '${id}' here: list the models for their ids.`, {
    details: { model: id },
  });
