import type { ModelResultStore } from '@heddle/adapters/experiments';
import type { ModelCalls } from '@heddle/adapters/routing';
import { HeddleError, withoutUndefined, type ModelReport } from '@heddle/core';
import type { ModelService } from '../models/model.service.js';

const mostResults = 200;

interface ReportView {
  mayUse(kind: 'model' | 'connection', id: string): boolean;
  shows(kind: 'experiment', id: string): boolean;
}

/** Reports how a model performed in the runs and experiments of this server. */
export class ModelReportService {
  constructor(
    private readonly models: Pick<ModelService, 'list'>,
    private readonly results: ModelResultStore,
    private readonly calls: Pick<ModelCalls, 'latency'>,
  ) {}

  /**
   * The report on a model, with the experiments that the caller may read. Errors: `model_unknown`, also for a model that the caller may not
   * use.
   */
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
    // A model of a connection is not in the catalogue; it is known once it was used.
    if (model === undefined && (isLocal || (latency === undefined && results.length === 0))) throw unknownModel(id);
    return { id, ...withoutUndefined({ model, latency }), results: [...results], hasMore };
  }
}

const unknownModel = (id: string): HeddleError =>
  new HeddleError('model_unknown', `There is no model '${id}' here: list the models for their ids.`, {
    details: { model: id },
  });
