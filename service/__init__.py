"""揭榜 (Jiebang): BPMN-orchestrated process automation for open-bidding (揭榜挂帅) programmes."""
