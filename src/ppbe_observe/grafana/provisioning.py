"""What Grafana is provisioned with besides the dashboards: its data sources and the folder. Pure.

Source: Grafana documentation, "Provision Grafana"; Prometheus and Alertmanager data sources.
"""

from typing import Any

from ppbe_observe.grafana.elements import MINIMUM_STEP

FOLDER = "PPBE"
MOUNTED = "/etc/grafana/dashboards"
"""Where Grafana finds the dashboards: ``deploy/compose.yaml`` mounts them there."""
PROMETHEUS_UID, ALERTMANAGER_UID = "ppbe-prometheus", "ppbe-alertmanager"


def datasources(prometheus: str, alertmanager: str) -> dict[str, Any]:
    """Prometheus, which is asked unless another is chosen, and Alertmanager, for Grafana's page of alerts."""
    asked = {
        "name": "Prometheus",
        "uid": PROMETHEUS_UID,
        "type": "prometheus",
        "access": "proxy",
        "url": prometheus,
        "isDefault": True,
        "editable": False,
        "jsonData": {
            "httpMethod": "POST",
            "timeInterval": MINIMUM_STEP,
            "prometheusType": "Prometheus",
            **({"alertmanagerUid": ALERTMANAGER_UID} if alertmanager else {}),
        },
    }
    told = {
        "name": "Alertmanager",
        "uid": ALERTMANAGER_UID,
        "type": "alertmanager",
        "access": "proxy",
        "url": alertmanager,
        "editable": False,
        "jsonData": {"implementation": "prometheus"},
    }
    return {"apiVersion": 1, "datasources": [asked, told] if alertmanager else [asked]}


def provider() -> dict[str, Any]:
    """Where Grafana reads the dashboards, and the folder that it shows them in."""
    return {
        "apiVersion": 1,
        "providers": [
            {
                "name": "ppbe-observe",
                "type": "file",
                "folder": FOLDER,
                "folderUid": "ppbe",
                "allowUiUpdates": False,
                "disableDeletion": False,
                "updateIntervalSeconds": 30,
                "options": {"path": MOUNTED},
            }
        ],
    }
