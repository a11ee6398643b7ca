import '@bpmn-io/form-js-viewer/dist/assets/form-js.css';
import './form.css';

import flatpickr from 'flatpickr';
import { Mandarin } from 'flatpickr/dist/l10n/zh.js';

import { Island } from './island.js';

flatpickr.localize(Mandarin);

for (const root of document.querySelectorAll('[data-form]')) new Island(root).open();
