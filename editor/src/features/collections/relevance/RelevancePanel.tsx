import type { CollectionRelevance, RelevanceEstimate, RelevanceSetting } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { formatShare } from '../../../ui/format/format-share.js';
import { useMay } from '../../../data/access/me-store.js';
import { client } from '../../../data/api/client.js';
import { useAction } from '../../../data/queries/use-action.js';
import { useGet } from '../../../data/queries/use-get.js';
import { SegmentedControl } from '../../../ui/buttons/SegmentedControl.js';
import { Notice } from '../../../ui/states/Notice.js';
import { WhenLoaded } from '../../../ui/states/WhenLoaded.js';

const modes = [
  ['calibrated', 'Calibrated'],
  ['manual', 'By hand'],
  ['off', 'Off'],
] as const satisfies readonly (readonly [RelevanceSetting['mode'], string])[];

/** The relevance below which the collection has no answer to a question. The panel loads when its section opens. */
export function RelevancePanel({ name }: { readonly name: string }): ReactElement {
  const [isOpen, setOpen] = useState(false);
  return (
    <details className="section" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Questions without an answer</summary>
      {isOpen ? <Threshold name={name} /> : null}
    </details>
  );
}

function Threshold({ name }: { readonly name: string }): ReactElement {
  const loaded = useGet('/api/collections/{name}/relevance', { params: { path: { name } } });
  const [changed, setChanged] = useState<CollectionRelevance>();
  const action = useAction();
  const mayWrite = useMay('collection:write');
  const params = { path: { name } };
  const set = (setting: RelevanceSetting): void =>
    action.run(async () =>
      setChanged(await client.PUT('/api/collections/{name}/relevance', { params, body: { setting } })),
    );
  const compute = (): void =>
    action.run(async () => setChanged(await client.POST('/api/collections/{name}/relevance/calibrate', { params })));
  return (
    <WhenLoaded loaded={loaded}>
      {(first) => {
        const value = changed ?? first;
        const { setting, calibrated, inEffect } = value;
        return (
          <div className="stack gap-8">
            <p className="quiet">
              A question below the threshold gets no passages, so a workflow answers that it found nothing. The
              relevance of a question is computed from its meaning and its terms: from 0, nothing here is about it, to
              1.
            </p>
            {action.error === undefined ? null : <Notice error={action.error} />}
            <div className="aligned-wrapped gap-8">
              <SegmentedControl
                label="Threshold"
                choices={modes}
                value={setting.mode}
                onChange={(mode) => {
                  if (!mayWrite || action.isBusy) return;
                  set(
                    mode === 'manual' ? { mode, minimum: Math.round((inEffect?.minimum ?? 0.5) * 20) / 20 } : { mode },
                  );
                }}
              />
              {setting.mode === 'manual' ? (
                <label className="aligned-wrapped gap-8">
                  Threshold
                  <input
                    type="range"
                    min={0}
                    max={1}
                    step={0.05}
                    disabled={!mayWrite || action.isBusy}
                    value={setting.minimum ?? 0.5}
                    onChange={(event) => set({ mode: 'manual', minimum: Number(event.target.value) })}
                  />
                  <span className="figure">{(setting.minimum ?? 0.5).toFixed(2)}</span>
                </label>
              ) : null}
              {mayWrite ? (
                <button type="button" className="button" disabled={action.isBusy} onClick={compute}>
                  {action.isBusy ? 'Computing…' : calibrated === undefined ? 'Compute now' : 'Compute again'}
                </button>
              ) : null}
            </div>
            <p className="quiet figure" role="status">
              {explain(value)}
            </p>
          </div>
        );
      }}
    </WhenLoaded>
  );
}

function explain({ setting, calibrated, inEffect }: CollectionRelevance): string {
  if (setting.mode === 'off')
    return 'Every question gets the nearest passages, even if the documents do not answer it.';
  if (calibrated === undefined || inEffect === undefined)
    return 'The first question of a workflow computes the threshold from the passages. This takes some seconds.';
  return `Threshold ${inEffect.minimum.toFixed(2)}: ${effectOf(inEffect)} Estimated from sentences of ${calibrated.passages === undefined ? 'its' : calibrated.passages.toLocaleString()} passages and from questions about other topics.`;
}

function effectOf({ lost, refused, refusedNear }: RelevanceEstimate): string {
  return `it refuses about ${formatShare(lost)} of the questions that the documents answer, ${formatShare(refused)} of those about other topics, and ${formatShare(refusedNear)} of those about the same topic that they do not answer.`;
}
