import clsx from 'clsx';
import { LabelLevel, type PortTypeName } from '@heddle/core';
import type { CSSProperties, ReactElement, ReactNode } from 'react';
import { Dialog } from '../../../ui/dialogs/Dialog.js';
import { NodeIcon } from '../../../ui/icons/NodeIcon.js';
import { typeColour } from '../../../ui/icons/type-colour.js';
import { StateMark, nodeStateText } from '../../run/index.js';
import { useSession } from '../../session/index.js';
import { setOverlay } from '../../view/index.js';
import { labelMeaning } from '../card/CardLabel.js';
import { errorHelp } from '../card/PortRow.js';
import canvasStyles from '../canvas.module.css';
import cardStyles from '../card/card.module.css';
import edgeStyles from '../edges/edge.module.css';

const types: readonly PortTypeName[] = ['Text', 'Number', 'Boolean', 'Json', 'Messages', 'Passages', 'Vector', 'File'];
const states = ['queued', 'running', 'retrying', 'waiting-person', 'done', 'cached', 'skipped', 'failed'] as const;
const categories: readonly (readonly [category: string, text: string])[] = [
  ['input-output', 'Inputs and outputs'],
  ['model', 'Models'],
  ['documents', 'Documents'],
  ['retrieval', 'Retrieval'],
  ['logic', 'Logic'],
  ['data', 'Data'],
  ['people', 'People'],
  ['tools', 'Tools'],
  ['network', 'Network'],
  ['safety', 'Safety'],
];

/** Explains the signs on the canvas. */
export function Legend(): ReactElement {
  const { view } = useSession();
  return (
    <Dialog title="Legend of the canvas" onClose={() => setOverlay(view, undefined)}>
      <div className={canvasStyles['legend']}>
        <Part title="Ports, by the type of their data">
          {types.map((type) => (
            <Sign key={type} text={type} sign={<Dot type={type} />} />
          ))}
          <Sign text="A list" sign={<Dot type="Text" shape="list" />} />
          <Sign text="Optional" sign={<Dot type="Text" shape="optional" />} />
          <Sign text={`Error port. ${errorHelp}`} sign={<Dot shape="error" />} isWide />
        </Part>
        <Part title="Edges">
          <Sign text="Carried a value" sign={<Line state="carried" />} />
          <Sign text="Text flows now, as fast as the pulses" sign={<Line state="streaming" />} />
          <Sign text="Dropped: no value passed" sign={<Line state="dropped" />} />
          <Sign text="Goes back: a loop" sign={<Line isLoop />} />
        </Part>
        <Part title="Bar on the left: the label of the data">
          {LabelLevel.options.map((level) => (
            <Sign
              key={level}
              text={`${level}: ${labelMeaning[level]}`}
              sign={<span className={clsx(canvasStyles['legend-bar'], cardStyles['card-bar'])} data-label={level} />}
              isWide
            />
          ))}
        </Part>
        <Part title="States">
          {states.map((state) => (
            <Sign key={state} text={nodeStateText(state)} sign={<StateMark state={state} />} />
          ))}
        </Part>
        <Part title="Kinds of nodes">
          {categories.map(([category, text]) => (
            <Sign key={category} text={text} sign={<NodeIcon icon={undefined} category={category} />} />
          ))}
        </Part>
      </div>
    </Dialog>
  );
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }): ReactElement {
  return (
    <section>
      <h3>{title}</h3>
      <ul>{children}</ul>
    </section>
  );
}

interface SignProps {
  readonly text: string;
  readonly sign: ReactElement;
  readonly isWide?: boolean;
}

function Sign({ text, sign, isWide = false }: SignProps): ReactElement {
  return (
    <li data-wide={isWide || undefined}>
      <span className={clsx(canvasStyles['legend-sign'], 'centred')} aria-hidden>
        {sign}
      </span>
      {text}
    </li>
  );
}

function Dot({
  type,
  shape,
}: {
  readonly type?: PortTypeName;
  readonly shape?: 'list' | 'optional' | 'error';
}): ReactElement {
  // The colour follows the type, which a class cannot express.
  return (
    <span
      className={canvasStyles['legend-dot']}
      data-shape={shape}
      style={{ '--type': typeColour(type) } as CSSProperties}
    />
  );
}

function Line({
  state,
  isLoop = false,
}: {
  readonly state?: 'carried' | 'streaming' | 'dropped';
  readonly isLoop?: boolean;
}): ReactElement {
  return (
    <svg
      className={edgeStyles['edge']}
      width="28"
      height="12"
      data-state={state}
      data-loop={isLoop || undefined}
      style={{ '--type': typeColour('Text'), '--pulse': '0.9s' } as CSSProperties}
    >
      <path className={edgeStyles['edge-line']} d="M1 6H27" />
      {state === 'streaming' ? <path className={edgeStyles['edge-pulse']} d="M1 6H27" /> : null}
    </svg>
  );
}
