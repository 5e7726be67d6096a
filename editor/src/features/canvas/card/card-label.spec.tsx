/** @jest-environment jsdom */
import { expect, it } from '@jest/globals';
import { ReactFlowProvider } from '@xyflow/react';
import { act } from 'react';
import { createRoot } from 'react-dom/client';
import { createDocumentStore } from '../../document/document-store.js';
import { SessionProvider } from '../../session/SessionProvider.js';
import type { Session } from '../../session/session.js';
import { createViewStore } from '../../view/view-store.js';
import { CardLabel } from './CardLabel.js';
import { PortRow } from './PortRow.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

it('explains the label bar and the error port in their tooltips', () => {
  const container = document.createElement('div');
  const root = createRoot(container);
  const session = { view: createViewStore(), documents: createDocumentStore() } as unknown as Session;
  act(() =>
    root.render(
      <SessionProvider value={session}>
        <ReactFlowProvider>
          <CardLabel label="confidential" />
          <PortRow nodeId="a" side="output" isBare port={{ name: 'error', type: 'Json', isOptional: false }} />
        </ReactFlowProvider>
      </SessionProvider>,
    ),
  );
  const tipOf = (name: string): string => container.querySelector(name)?.getAttribute('data-tip') ?? '';
  expect(tipOf('.card-bar')).toMatch(/Label of the data: confidential.*clearance/);
  expect(tipOf('.card-label')).toBe(tipOf('.card-bar'));
  expect(tipOf('.port')).toMatch(/Error port.*\n.*fails/);
  expect(container.querySelector('.port .visually-hidden')?.textContent).toContain('fails');
  act(() => root.unmount());
});
