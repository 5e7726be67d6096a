import clsx from 'clsx';
import type { JobReply, TemplateNeed, TemplateSummary } from '@heddle/core';
import type { ReactElement } from 'react';
import { Dialog } from '../../../ui/dialogs/Dialog.js';
import { makerOf, providerOf } from '../../../ui/icons/makers.js';
import { MakerMark } from '../../../ui/icons/ModelMark.js';
import { Markdown } from '../../../ui/markdown/Markdown.js';
import { IfMay } from '../../../ui/states/IfMay.js';
import { Notice } from '../../../ui/states/Notice.js';
import { describeIngest } from '../../collections/index.js';
import { GapList } from './GapList.js';
import { Picture } from './Picture.js';
import { needText } from './template-text.js';
import type { TemplateUse } from './use-template.js';
import styles from '../home.module.css';

/** The description of a template: the problem that it solves, what is missing here, what it needs, its tests and its README. */
export function TemplateDialog({
  template,
  work,
  jobs,
  onTry,
  onClose,
}: {
  readonly template: TemplateSummary;
  readonly work: TemplateUse;
  readonly jobs: readonly JobReply[];
  readonly onTry: () => void;
  readonly onClose: () => void;
}): ReactElement {
  const { name, problem, missing, unknown, needs, tests, isRunnable, readme } = template;
  const blocking = missing.filter(({ isBlocking }) => isBlocking);
  const others = missing.filter(({ isBlocking }) => !isBlocking);
  return (
    <Dialog title={name} onClose={onClose}>
      <div className={clsx('dialog-form dialog-wide', styles['template-about'])}>
        <Picture sketch={template.sketch} count={template.nodes} />
        {problem === '' ? null : <p>{problem}</p>}
        {blocking.length === 0 ? null : (
          <section aria-label="Missing here">
            <h3>Missing here</h3>
            <p>It cannot run here yet.</p>
            <GapList template={template} gaps={blocking} jobs={jobs} />
          </section>
        )}
        {others.length === 0 ? null : (
          <section aria-label="For all of its features">
            <h3>For all of its features</h3>
            <GapList template={template} gaps={others} jobs={jobs} />
          </section>
        )}
        <Needs needs={needs} collections={template.collections} />
        {unknown.length === 0 ? null : (
          <p className="quiet">Your role may not see whether this is ready: {unknown.map(needText).join(', ')}.</p>
        )}
        <Tests tests={tests} />
        <Markdown text={withoutTitle(readme)} />
        {work.failed === template.id && work.error !== undefined ? <Notice error={work.error} /> : null}
        <div className="dialog-actions">
          <CopyProgress template={template} work={work} jobs={jobs} />
          <button type="button" className="button" onClick={onClose}>
            Close
          </button>
          <IfMay permission="workflow:write">
            {isRunnable ? (
              <button type="button" className="button" onClick={onTry}>
                Try it with sample data
              </button>
            ) : null}
            <UseButton template={template} work={work} />
          </IfMay>
        </div>
      </div>
    </Dialog>
  );
}

/** Copies the template. Missing models and connections can be added later. */
export function UseButton({
  template,
  work,
}: {
  readonly template: TemplateSummary;
  readonly work: TemplateUse;
}): ReactElement {
  const text = template.isRunnable ? 'Use template' : 'Use it anyway';
  return (
    <button
      type="button"
      className="button button-primary"
      disabled={work.copying !== undefined}
      onClick={() => work.use(template)}
    >
      {work.copying === template.id ? 'Copying…' : text}
    </button>
  );
}

/** The progress of importing a copy's sample documents. */
export function CopyProgress({
  template,
  work,
  jobs,
}: {
  readonly template: TemplateSummary;
  readonly work: TemplateUse;
  readonly jobs: readonly JobReply[];
}): ReactElement | null {
  const job = work.copying === template.id ? jobs.find(({ jobId }) => work.jobs.includes(jobId)) : undefined;
  return job === undefined ? null : (
    <span className="quiet fills" role="status">
      {describeIngest(job)}
    </span>
  );
}

function Needs({ needs, collections }: Pick<TemplateSummary, 'needs' | 'collections'>): ReactElement | null {
  const made = collections.filter(({ isHere }) => !isHere);
  if (needs.length === 0 && made.length === 0) return null;
  return (
    <section aria-label="What it needs">
      <h3>What it needs</h3>
      <ul className={clsx(styles['need-list'], 'wrapped gap-6')}>
        {needs.map((need) => (
          <li key={`${need.kind} ${need.target}`} className="badge aligned-inline gap-4">
            <NeedMark need={need} />
            {needText(need)}
          </li>
        ))}
      </ul>
      {made.map(({ name, samples }) => (
        <p key={name} className="quiet">
          A copy creates the collection {name}
          {samples === 0 ? '' : samples === 1 ? ' with one sample document' : ` with ${samples} sample documents`}.
        </p>
      ))}
    </section>
  );
}

/** The logo of the company that makes a needed model or serves a needed connection. */
function NeedMark({ need: { kind, target } }: { readonly need: TemplateNeed }): ReactElement | null {
  const maker = kind === 'model' ? makerOf(target) : kind === 'connection' ? providerOf(target) : undefined;
  return maker?.logo === undefined ? null : <MakerMark maker={maker} />;
}

function Tests({ tests }: Pick<TemplateSummary, 'tests'>): ReactElement | null {
  if (tests.length === 0) return null;
  return (
    <section aria-label="Tests">
      <h3>{tests.length === 1 ? 'One test' : `${tests.length} tests`}</h3>
      <ul className={clsx(styles['template-tests'], 'stack gap-4')}>
        {tests.slice(0, 10).map(({ name }) => (
          <li key={name}>{name}</li>
        ))}
      </ul>
      <p className="quiet">A copy gets them. Run them on its page Tests.</p>
    </section>
  );
}

/** Removes the title, because the dialog already shows it. */
const withoutTitle = (readme: string): string => readme.replace(/^# .*\n+/, '');
