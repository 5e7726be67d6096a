import { useStore, type NodeProps } from '@xyflow/react';
import clsx from 'clsx';
import { CircleOff, Lock } from 'lucide-react';
import { memo, useContext, useMemo, type ReactElement } from 'react';
import { usedPorts, headlineOf, bypassText, portsOf, errorCount, foreignText } from '../../document/index.js';
import { CardMarks } from './CardMarks.js';
import { DiffTag, DiffContext } from '../../differences/index.js';
import { CardRun } from './CardRun.js';
import { useExecution } from '../../run/index.js';
import { useCatalog, useDocument } from '../../session/index.js';
import { CardInside } from './CardInside.js';
import { CardPorts } from './CardPorts.js';
import { CardLabel } from './CardLabel.js';
import { CardFooter } from './CardFooter.js';
import { CardState } from './CardState.js';
import { CardStatus, farStyle } from './CardStatus.js';
import { ModelMark } from '../../../ui/icons/ModelMark.js';
import { NodeIcon } from '../../../ui/icons/NodeIcon.js';
import { OutputArea } from './OutputArea.js';
import { farSize, manyNodes, overviewZoom } from '../../view/index.js';
import { NodeTitle } from './NodeTitle.js';
import { PlainBox } from './PlainBox.js';
import { RunSignMark } from './RunSignMark.js';
import cardStyles from './card.module.css';

/** A node on the canvas: a card, or a plain box if many nodes are visible at once. */
export const NodeCard = memo(function NodeCard({ id, selected, height }: NodeProps): ReactElement {
  const isPlain = useStore((state) => state.transform[2] < overviewZoom && state.nodes.length > manyNodes);
  return isPlain ? (
    <PlainBox id={id} isSelected={selected} height={height} />
  ) : (
    <WholeCard id={id} isSelected={selected} />
  );
});

/** The card of a node: type, settings, ports and its state in the current run. */
const WholeCard = memo(function WholeCard({
  id,
  isSelected: selected,
}: {
  readonly id: string;
  readonly isSelected: boolean;
}): ReactElement | null {
  const node = useDocument((state) => state.document?.nodes[id]);
  const description = useCatalog((state) => (node === undefined ? undefined : state.byType.get(node.type)));
  const isLoaded = useCatalog((state) => state.isLoaded);
  const compiled = useDocument((state) => state.compiled?.ports[id]);
  const issues = useDocument((state) => errorCount(state.compiled?.issues, id));
  const execution = useExecution(id);
  const far = useStore((state) => farSize(state.transform[2]));
  const used = useDocument((state) => (state.document === undefined ? undefined : usedPorts(state.document, id)));
  const ports = useMemo(() => portsOf(compiled, description), [compiled, description]);
  const headline = useMemo(() => (node === undefined ? undefined : headlineOf(node, description)), [node, description]);
  const marks = useContext(DiffContext);
  const mark = marks?.nodes.get(id);
  if (node === undefined) return null;

  const title = node.title ?? description?.title ?? node.type;
  const foreign = isLoaded ? foreignText(node, description) : undefined;
  const isOff = node.run?.disabled === true;
  const label = execution?.outputs === undefined ? undefined : Object.values(execution.outputs)[0]?.label.level;
  return (
    <article
      className={clsx(
        cardStyles['card'],
        'boxed',
        (far ?? 0) > 60 && cardStyles['card-farther'],
        isOff && cardStyles['card-disabled'],
        foreign !== undefined && cardStyles['card-is-foreign'],
      )}
      data-far={far !== undefined || undefined}
      data-status={execution?.status ?? 'idle'}
      data-selected={selected || undefined}
      data-label={label}
      data-diff={mark}
      data-category={description?.category}
      style={farStyle(far)}
      aria-label={title}
      aria-roledescription="node"
    >
      <header className={clsx(cardStyles['card-head'], 'aligned')}>
        <span className={cardStyles['card-icon']}>
          <NodeIcon icon={description?.icon} category={description?.category} />
        </span>
        <NodeTitle id={id} title={title} typeTitle={description?.title ?? node.type} />
        <RunSignMark run={node.run} />
        <CardMarks id={id} />
        <DiffTag mark={mark} />
        {issues > 0 && execution === undefined && marks === undefined ? (
          <span className={cardStyles['card-issues']}>{issues === 1 ? '1 issue' : `${issues} issues`}</span>
        ) : (
          <CardState execution={execution} />
        )}
        {far === undefined ? null : (
          <CardStatus execution={execution} issues={issues} rest={headline?.value ?? description?.title ?? node.type} />
        )}
      </header>
      {headline === undefined ? null : (
        <p className={clsx(cardStyles['card-headline'], 'truncate')} data-tip={`${headline.title}: ${headline.value}`}>
          <span className="quiet">{headline.title}</span>
          {headline.isModel ? <ModelMark model={headline.value} /> : null}
          <span className="mono">{headline.value}</span>
        </p>
      )}
      {foreign === undefined ? null : (
        <p className={clsx(cardStyles['card-foreign'], 'aligned failed-text')}>
          <Lock size={13} aria-hidden /> {foreign}
        </p>
      )}
      {isOff ? (
        <p className={clsx(cardStyles['card-off'], 'aligned')}>
          <CircleOff size={13} aria-hidden /> {bypassText(ports)}
        </p>
      ) : null}
      {used === undefined ? null : <CardPorts id={id} ports={ports} used={used} description={description} />}
      <CardInside id={id} config={node.config} />
      <OutputArea execution={execution} outputs={ports.outputs} />
      <CardRun id={id} />
      <CardFooter execution={execution} />
      {label === undefined ? null : <CardLabel label={label} />}
    </article>
  );
});
