// Makes JSON Schemas of the types that Grafana publishes (@grafana/schema), and holds the dashboard, the options of each panel
// and its fields against them. A property that Grafana does not know is a failure, too: it would be ignored there.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { createGenerator } from 'ts-json-schema-generator';

const TYPES = fileURLToPath(new URL('node_modules/@grafana/schema/dist/types/raw/', import.meta.url));
const FILE = fileURLToPath(new URL('../../charts/tidegate/dashboards/tidegate.json', import.meta.url));

/** What belongs to the data source, Prometheus, and not to the dashboard: its schema is open there. */
const OF_PROMETHEUS = [
  /^\/annotations\/list\/\d+ (expr|step|titleFormat|textFormat)$/,
  /^\/templating\/list\/\d+ definition$/,
];

const ajv = new Ajv({ strict: false, allErrors: true });

function schema(file, type) {
  return ajv.compile(createGenerator({ path: TYPES + file, type, skipTypeCheck: true }).createSchema(type));
}

function faults(validate, value, where) {
  validate(value);
  return (validate.errors ?? [])
    .filter((error) => !OF_PROMETHEUS.some((known) => known.test(`${error.instancePath} ${error.params.additionalProperty}`)))
    .map((error) => `${where}${error.instancePath}: ${error.message} ${JSON.stringify(error.params)}`);
}

const dashboard = JSON.parse(readFileSync(FILE, 'utf8'));
const found = faults(schema('dashboard/x/types.gen.d.ts', 'Dashboard'), dashboard, '');
const kinds = {};
for (const panel of dashboard.panels.filter((one) => one.type !== 'row')) {
  const file = `composable/${panel.type}/panelcfg/x/types.gen.d.ts`;
  kinds[panel.type] ??= { options: schema(file, 'Options'), fields: schema(file, 'FieldConfig') };
  const where = `panel ${JSON.stringify(panel.title)}`;
  found.push(...faults(kinds[panel.type].options, panel.options, `${where}, options`));
  found.push(...faults(kinds[panel.type].fields, panel.fieldConfig.defaults.custom ?? {}, `${where}, fields`));
}
if (found.length > 0) {
  console.error(`${FILE} is not what Grafana takes:\n${found.join('\n')}`);
  process.exit(1);
}
console.log(`dashboard: ${dashboard.panels.length} panels, as Grafana's schema has them`);
