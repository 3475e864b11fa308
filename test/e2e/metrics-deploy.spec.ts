import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { ALERT_NAMES } from '../../src/metrics/alerts/alert.rules.js';

interface Rule {
  readonly alert: string;
  readonly annotations: { readonly runbook_url: string };
}

const { groups } = parse(readFileSync('deploy/prometheus/rules.yml', 'utf8')) as {
  readonly groups: readonly { readonly rules: readonly Rule[] }[];
};
const rules = groups.flatMap((group) => group.rules);
const tests = readFileSync('deploy/prometheus/rules.test.yml', 'utf8');
const chapters = [...readFileSync('docs/operations.md', 'utf8').matchAll(/^## (.+)$/gm)].map(([, title]) =>
  title!.toLowerCase().replaceAll(' ', '-'),
);

describe('the alerts of Prometheus', () => {
  it.each(rules.map(({ alert, annotations }) => [alert, annotations.runbook_url] as const))(
    '%s leads to a chapter of the runbook',
    (_alert, url) => {
      // Wherever it is read: rules.test.yml has one with an address and others without.
      expect(url).toContain(
        '{{ with $externalLabels.chaincache_runbook }}{{ . }}{{ else }}docs/operations.md{{ end }}#',
      );
      expect(chapters).toContain(url.split('#').at(-1));
    },
  );

  it.each(rules.map(({ alert }) => [alert]))('%s is tested to fire and not to fire', (alert) => {
    const cases = tests.split('- alertname: ').filter((part) => part.startsWith(`${alert}\n`));
    const firing = cases.filter((part) => part.includes('exp_alerts:'));
    expect(firing.length).toBeGreaterThan(0);
    expect(cases.length).toBeGreaterThan(firing.length);
  });

  it('and those of the service itself are the same four', () => {
    expect(ALERT_NAMES).toEqual(['low-hit-rate', 'high-memory', 'connection-lost', 'slow-responses']);
    expect(rules.map(({ alert }) => alert)).toEqual(
      expect.arrayContaining([
        'ChaincacheLowHitRate',
        'ChaincacheHighMemory',
        'ChaincacheConnectionLost',
        'ChaincacheSlowResponses',
      ]),
    );
  });
});

describe('docker-compose.yml', () => {
  const { services } = parse(readFileSync('docker-compose.yml', 'utf8')) as {
    readonly services: Readonly<
      Record<
        string,
        { readonly volumes?: readonly string[]; readonly environment?: Readonly<Record<string, string | null>> }
      >
    >;
  };

  it('tells Prometheus where the runbook is read, which leaves that out of what it sends', () => {
    const { global, alerting } = parse(readFileSync('deploy/prometheus/prometheus.yml', 'utf8')) as {
      readonly global: { readonly external_labels: Readonly<Record<string, string>> };
      readonly alerting: { readonly alert_relabel_configs: readonly object[] };
    };
    expect(global.external_labels).toEqual({ chaincache_runbook: '${RUNBOOK_URL}' });
    expect(Object.keys(services['prometheus']!.environment ?? {})).toEqual(['RUNBOOK_URL']);
    expect(alerting.alert_relabel_configs).toEqual([{ action: 'labeldrop', regex: 'chaincache_runbook' }]);
  });

  it('mounts files that are there', () => {
    const mounted = ['prometheus', 'grafana'].flatMap((name) => services[name]?.volumes ?? []);
    const folders = mounted.filter((volume) => volume.startsWith('./')).map((volume) => volume.split(':')[0]!);
    expect(folders).toEqual(['./deploy/prometheus', './deploy/grafana/provisioning', './deploy/grafana/dashboards']);
    for (const file of [
      './deploy/prometheus/prometheus.yml',
      './deploy/grafana/provisioning/datasources/prometheus.yml',
      './deploy/grafana/provisioning/dashboards/chaincache.yml',
    ]) {
      expect(() => parse(readFileSync(file, 'utf8')) as unknown).not.toThrow();
    }
  });

  it('gives every panel the data source that it provisions', () => {
    const source = parse(readFileSync('deploy/grafana/provisioning/datasources/prometheus.yml', 'utf8')) as {
      readonly datasources: readonly { readonly uid: string }[];
    };
    const dashboard = readFileSync('deploy/grafana/dashboards/chaincache.json', 'utf8');
    const uids = new Set([...dashboard.matchAll(/"type": "prometheus",\s+"uid": "(\w+)"/g)].map(([, uid]) => uid));
    expect([...uids]).toEqual(source.datasources.map(({ uid }) => uid));
  });
});
