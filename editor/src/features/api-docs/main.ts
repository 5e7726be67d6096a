import './api-docs.css';
import { startTheme } from '../../ui/theme/theme.js';
import { enableCopying } from './copy.js';
import { enableTrying } from './try-it.js';

// The server renders the page. This script adds everything that needs a browser: theme, copy buttons and calls.
startTheme();
enableCopying(document);
const form = document.querySelector<HTMLFormElement>('form[data-call]');
if (form !== null) enableTrying(form);
