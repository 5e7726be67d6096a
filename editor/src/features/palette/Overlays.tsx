import { Suspense, type ReactElement } from 'react';
import { lazyPart } from '../../ui/navigation/lazy-page.js';
import { DataMap } from '../data-map/index.js';
import { NodeMenu } from './NodeMenu.js';
import { useView } from '../session/index.js';
import { CommandPalette } from './CommandPalette.js';
import { ConnectPorts } from './ConnectPorts.js';
import { FindNode } from './FindNode.js';
import { NodePalette } from './NodePalette.js';
import { EdgeList } from './EdgeList.js';

// Overlays that open with a text field load at once. The others load on demand, or when the browser is idle.
const EditOutput = lazyPart(() => import('./EditOutput.js').then(({ EditOutput: editor }) => editor));
const ImportFile = lazyPart(() => import('./ImportFile.js').then(({ ImportFile: form }) => form));
const Shortcuts = lazyPart(() => import('./Shortcuts.js').then(({ Shortcuts: list }) => list));

/** The overlays that load when the browser is idle. */
export const loadOverlays = [EditOutput, DataMap, ImportFile, Shortcuts].map(({ load }) => load);

/** The open overlay. */
export function Overlays(): ReactElement {
  return (
    <Suspense fallback={null}>
      <Shown />
    </Suspense>
  );
}

function Shown(): ReactElement | null {
  const overlay = useView((state) => state.overlay);
  switch (overlay?.kind) {
    case undefined:
    // The canvas draws the legend itself.
    case 'legend':
      return null;
    case 'palette':
      return <NodePalette overlay={overlay} />;
    case 'commands':
      return <CommandPalette />;
    case 'shortcuts':
      return <Shortcuts />;
    case 'find':
      return <FindNode />;
    case 'data-map':
      return <DataMap />;
    case 'node-menu':
      return <NodeMenu at={overlay.at} />;
    case 'edit-output':
      return <EditOutput key={overlay.node} nodeId={overlay.node} />;
    case 'connect':
      return <ConnectPorts edge={overlay.edge} />;
    case 'edges':
      return <EdgeList />;
    case 'import':
      return <ImportFile overlay={overlay} />;
  }
}
