"""Names are those of yet-another-cloudwatch-exporter."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppbe_observe.cloudwatch.naming import counter_name, gauge_name, info_name, label_name, snake_case


@pytest.mark.parametrize(
    ("namespace", "metric", "statistic", "name"),
    [
        (
            "AWS/ApplicationELB",
            "HTTPCode_Target_5XX_Count",
            "Sum",
            "aws_applicationelb_httpcode_target_5_xx_count_sum",
        ),
        ("AWS/ApplicationELB", "TargetResponseTime", "p99.9", "aws_applicationelb_target_response_time_p99_9"),
        ("AWS/RDS", "DBLoadNonCPU", "Average", "aws_rds_dbload_non_cpu_average"),
        ("AWS/RDS", "CPUUtilization", "Average", "aws_rds_cpuutilization_average"),
        ("AWS/RDS", "EBSIOBalance%", "Minimum", "aws_rds_ebsiobalance_percent_minimum"),
        ("AWS/EC2", "StatusCheckFailed", "SampleCount", "aws_ec2_status_check_failed_sample_count"),
        (
            "ECS/ContainerInsights",
            "RunningTaskCount",
            "Average",
            "aws_ecs_containerinsights_running_task_count_average",
        ),
        ("Glue", "glue.driver.aggregate.bytesRead", "Sum", "aws_glue_driver_aggregate_bytes_read_sum"),
        (
            "/aws/sagemaker/TrainingJobs",
            "CPUUtilization",
            "Average",
            "aws_sagemaker_trainingjobs_cpuutilization_average",
        ),
        ("AWS/S3", "BucketSizeBytes", "Average", "aws_s3_bucket_size_bytes_average"),
        (
            "AWS/ApplicationELB",
            "TargetResponseTime",
            "TM(10%:90%)",
            "aws_applicationelb_target_response_time_tm_10_percent_90_percent_",
        ),
        ("PPBE+API", "Größe", "Sum", "aws_ppbe_api_gr__e_sum"),
    ],
)
def test_a_gauge_is_named_after_namespace_metric_and_statistic(
    namespace: str, metric: str, statistic: str, name: str
) -> None:
    assert gauge_name(namespace, metric, statistic) == name


def test_counters_and_info_share_the_namespace() -> None:
    assert counter_name("AWS/ApplicationELB", "RequestCount") == "aws_applicationelb_request_count_total"
    assert info_name("AWS/RDS") == "aws_rds_info"


@pytest.mark.parametrize(
    ("key", "camel", "snake"),
    [
        ("LoadBalancer", "dimension_LoadBalancer", "dimension_load_balancer"),
        ("DBInstanceIdentifier", "dimension_DBInstanceIdentifier", "dimension_dbinstance_identifier"),
        (
            "aws:cloudformation:stack-name",
            "dimension_aws_cloudformation_stack_name",
            "dimension_aws_cloudformation_stack_name",
        ),
        ("a+b", "dimension_a_b", "dimension_a_b"),
    ],
)
def test_label_names(key: str, camel: str, snake: str) -> None:
    assert label_name("dimension", key, snake=False) == camel
    assert label_name("dimension", key, snake=True) == snake


@given(namespace=st.text(min_size=1), metric=st.text(min_size=1), statistic=st.sampled_from(["Sum", "p99.9", "IQM"]))
def test_any_input_gives_a_valid_prometheus_name(namespace: str, metric: str, statistic: str) -> None:
    name = gauge_name(namespace, metric, statistic)
    assert name.isascii()
    assert name.replace("_", "a").isalnum()
    assert name.startswith("aws")


@given(st.text(alphabet="abcdefgh_0123456789"))
def test_snake_case_leaves_snake_case_alone(text: str) -> None:
    assert snake_case(text) == text
