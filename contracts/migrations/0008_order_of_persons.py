from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0007_order_of_signups"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="person",
            index=models.Index(fields=["born_on", "id"], name="contracts_person_birth"),
        ),
    ]
